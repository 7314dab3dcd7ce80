def onFrameStart(frame):
    op('talk').module.tick()
    return
