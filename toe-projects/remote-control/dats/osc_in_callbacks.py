def onReceiveOSC(dat, rowIndex, message, byteData, timeStamp, address, args, peer):
    op('talk').module.heard(address, args)
    return
