import type { Server as HttpServer } from 'node:http'
import { Server } from 'socket.io'
import type { AmbientServer } from './socket-data.ts'

/** A larger message closes its socket; one between the message limit and this size is answered. */
const maxMessageBytes = 64 * 1024
/** Both sides notice a lost connection after the sum of both times at the latest. */
const pingIntervalMs = 10_000
const pingTimeoutMs = 10_000
/** A connection without a handshake is closed after this time. */
const handshakeTimeoutMs = 10_000

/** Opens Socket.io on the port of an HTTP server, for these origins. */
export function openSocketServer(server: HttpServer, origins: string[]): AmbientServer {
  return new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: maxMessageBytes,
    perMessageDeflate: false,
    pingInterval: pingIntervalMs,
    pingTimeout: pingTimeoutMs,
    connectTimeout: handshakeTimeoutMs,
    cors: { origin: origins }
  })
}
