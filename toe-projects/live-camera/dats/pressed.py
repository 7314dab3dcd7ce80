def onValueChange(par, prev):
    return

def onPulse(par):
    """Start: the daemon takes its frames from here, and sends its own by NDI if they come back so."""
    comp = par.owner
    session = '/' + comp.par.Session.eval()
    op('osc_out').sendOSC(session + '/source/kind', ['ndi'])
    op('osc_out').sendOSC(session + '/source/name', [comp.par.Outname.eval()])
    if comp.par.Back.eval() == 'ndi':
        op('osc_out').sendOSC(session + '/sink/ndi/enabled', [1])
    return
