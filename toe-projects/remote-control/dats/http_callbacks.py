def onConnect(webClientDAT, *more):
    return

def onDisconnect(webClientDAT, *more):
    return

def onResponse(webClientDAT, statusCode, headerDict, data, *more):
    op('talk').module.described(int(statusCode['code']), data)
    return
