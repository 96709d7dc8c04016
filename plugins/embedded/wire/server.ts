import { createServer, type Server, type Socket } from 'node:net'
import { prepareCommand, type OnBug } from '../commands/dispatch.ts'
import type { Store } from '../store/store.ts'
import { serveConnection } from './connection.ts'
import { GroupCommit } from './group-commit.ts'

/** A server that listens. */
export interface WireServer {
  /** Ends every connection. What was answered is on disk. */
  close: () => Promise<void>
}

/** Serves a store on a Unix socket. Rejects where the socket can't be made. */
export async function listen(store: Store, socketPath: string, onBug: OnBug): Promise<WireServer> {
  const group = new GroupCommit(store, onBug)
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serveConnection(socket, (message, reply, connection) => {
      group.add({ connection, command: prepareCommand(store, message, onBug), reply })
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
