import { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { AmbientSocket } from '../sockets/socket-data.ts'

/** Sockets served in one turn of the event loop: each costs about 10 µs. */
const socketsPerChunk = 250

/** Sends to thousands of sockets in chunks, so that nothing else has to wait. */
export interface ChunkedBroadcast {
  /** Sends to each of the sockets in its turn. Later broadcasts arrive later. */
  send(socketIds: readonly string[], send: (socketId: string) => void): void
  /** Sends everything that is still waiting now. */
  flush(): void
}

export function createChunkedBroadcast(): ChunkedBroadcast {
  const chunks: (() => void)[] = []
  let isRunning = false

  function next(): void {
    chunks.shift()?.()
    isRunning = chunks.length > 0
    if (isRunning) setImmediate(next)
  }

  return {
    send(socketIds, send) {
      for (let from = 0; from < socketIds.length; from += socketsPerChunk) {
        const chunk = socketIds.slice(from, from + socketsPerChunk)
        chunks.push(() => chunk.forEach(send))
      }
      if (!isRunning) setImmediate(next)
      isRunning = true
    },
    flush() {
      for (const sendChunk of chunks.splice(0)) sendChunk()
    }
  }
}

/**
 * An event as it is on the wire, encoded once for all sockets. Socket.io itself makes a packet, a buffer and some
 * callbacks for each socket. https://socket.io/docs/v4/socket-io-protocol/#packet-encoding
 */
export function eventPacket(event: string, payload: unknown): Buffer {
  return Buffer.from(`42${JSON.stringify([event, payload])}`)
}

/** The WebSocket of a new connection, which Engine.io keeps with the upgrade request; null where there is none. */
export function webSocketOf({ conn: { request } }: AmbientSocket): WebSocket | null {
  if (!(request instanceof IncomingMessage) || !('websocket' in request)) return null
  return request.websocket instanceof WebSocket ? request.websocket : null
}
