import numpy


def onSetupParameters(scriptOp):
    return

def onPulse(par):
    return

def onCook(scriptOp):
    """The rows of a TOP begin at the bottom, those of a ring at the top."""
    frame = op('ring').module.newest(parent().par.Ring.eval())
    if frame is not None:
        width, height, rgba = frame
        rows = numpy.frombuffer(rgba, dtype='uint8').reshape(height, width, 4)
        scriptOp.copyNumpyArray(rows[::-1].copy())
    return
