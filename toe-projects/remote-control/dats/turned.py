def onValueChange(par, prev):
    op('talk').module.turned(par)
    return

def onPulse(par):
    op('talk').module.pulsed(par)
    return
