import { createServer, type Server, type Socket } from 'node:net'
import { prepareCommand, type OnInternalError } from '../commands/dispatch.ts'
import type { Store } from '../store/store.ts'
import { serveConnection } from './connection.ts'
import { GroupCommit } from './group-commit.ts'

/** A listening server. */
export interface WireServer {
  /** Closes all connections. Every acknowledged write is on disk. */
  close: () => Promise<void>
}

/** Serves a store on a Unix socket. Rejects if the socket cannot be made. */
export async function listen(store: Store, socketPath: string, onInternalError: OnInternalError): Promise<WireServer> {
  const group = new GroupCommit(store, onInternalError)
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serveConnection(socket, (message, reply, connection) => {
      group.add({ connection, command: prepareCommand(store, message, onInternalError), reply })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  return {
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}
