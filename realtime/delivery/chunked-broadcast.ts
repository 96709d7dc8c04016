import { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { AmbientSocket } from '../sockets/socket-data.ts'

/** So many are told in one turn of the event loop: each costs about 10 µs. */
const atOnce = 250

/** Tells thousands something, little by little, so that nothing else has to wait. */
export interface Crowd {
  /** Sends to each of the sockets in its turn. What is told later arrives later. */
  tell(socketIds: readonly string[], send: (socketId: string) => void): void
  /** What is still to be told is told now. */
  settle(): void
}

export function createCrowd(): Crowd {
  const waiting: (() => void)[] = []
  let isRunning = false

  function next(): void {
    waiting.shift()?.()
    isRunning = waiting.length > 0
    if (isRunning) setImmediate(next)
  }

  return {
    tell(socketIds, send) {
      for (let from = 0; from < socketIds.length; from += atOnce) {
        const some = socketIds.slice(from, from + atOnce)
        waiting.push(() => some.forEach(send))
      }
      if (!isRunning) setImmediate(next)
      isRunning = true
    },
    settle() {
      for (const task of waiting.splice(0)) task()
    }
  }
}

/**
 * An event as it stands on the wire: encoded once for everybody, where Socket.io makes a packet, a buffer and some callbacks for
 * each of them. https://socket.io/docs/v4/socket-io-protocol/#packet-encoding
 */
export function eventPacket(event: string, payload: unknown): Buffer {
  return Buffer.from(`42${JSON.stringify([event, payload])}`)
}

/** The WebSocket beneath a new connection, as Engine.io leaves it with the request it began with; null where there is none. */
export function wireOf({ conn: { request } }: AmbientSocket): WebSocket | null {
  if (!(request instanceof IncomingMessage) || !('websocket' in request)) return null
  return request.websocket instanceof WebSocket ? request.websocket : null
}
