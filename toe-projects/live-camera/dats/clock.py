def onFrameStart(frame):
    """A Script TOP that nothing drives is not cooked; the ring has a new picture at any time."""
    if parent().par.Back.eval() == 'ring':
        op('from_ring').cook(force=True)
    return
