import { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { AmbientSocket } from '../sockets/socket-data.ts'

/** Sockets served in one turn of the event loop: each costs about 10 µs. */
const socketsPerChunk = 250
/** Maximum number of broadcasts that wait. Above it the oldest is sent at once, so that memory has a bound. */
const maxWaiting = 100

/** One message to many sockets. */
export interface Broadcast {
  readonly showId: string
  /** A broadcast of this name takes the place of an earlier one to the same show that still waits. */
  readonly replaces: string | null
  readonly socketIds: Iterable<string>
  send(socketId: string): void
}

interface WaitingBroadcast extends Omit<Broadcast, 'socketIds'> {
  /** In the order in which they are served. */
  readonly remaining: Set<string>
}

/** Sends to thousands of sockets in chunks, so that nothing else waits. Each socket gets its messages in order. */
export interface ChunkedBroadcast {
  /** Sends to each of the sockets in its turn. Later broadcasts arrive later. */
  send(broadcast: Broadcast): void
  /** Sends a socket everything that waits for it now, before a message that is for this socket alone. */
  flushFor(socketId: string): void
}

export function createChunkedBroadcast(): ChunkedBroadcast {
  /** Oldest first. */
  const waiting: WaitingBroadcast[] = []
  let isRunning = false
  /** A message that is sent here may look like one for the socket alone. */
  let isSending = false

  function serve({ remaining, send }: WaitingBroadcast, count: number): number {
    let served = 0
    isSending = true
    try {
      for (const socketId of remaining) {
        if (served === count) break
        remaining.delete(socketId)
        served++
        send(socketId)
      }
    } finally {
      isSending = false
    }
    return served
  }

  function next(): void {
    let left = socketsPerChunk
    while (left > 0 && waiting[0]) {
      left -= serve(waiting[0], left)
      if (waiting[0].remaining.size === 0) waiting.shift()
    }
    isRunning = waiting.length > 0
    if (isRunning) setImmediate(next)
  }

  /** Removes the broadcast that is replaced; returns the sockets that it has not reached. */
  function takeReplaced({ showId, replaces }: Broadcast): Iterable<string> {
    const index = replaces === null ? -1 : waiting.findIndex(one => one.showId === showId && one.replaces === replaces)
    const [replaced] = index < 0 ? [] : waiting.splice(index, 1)
    return replaced?.remaining ?? []
  }

  return {
    send(broadcast) {
      const socketIds = new Set(broadcast.socketIds)
      // First those that the replaced one has not reached: otherwise the last sockets would never be served.
      const unserved = [...takeReplaced(broadcast)].filter(socketId => socketIds.has(socketId))
      const remaining = unserved.length > 0 ? new Set([...unserved, ...socketIds]) : socketIds
      waiting.push({ ...broadcast, remaining })
      const oldest = waiting.length > maxWaiting ? waiting.shift() : undefined
      if (oldest) serve(oldest, oldest.remaining.size)
      if (!isRunning) setImmediate(next)
      isRunning = true
    },
    flushFor(socketId) {
      if (isSending || waiting.length === 0) return
      isSending = true
      try {
        for (const { remaining, send } of waiting) if (remaining.delete(socketId)) send(socketId)
      } finally {
        isSending = false
      }
    }
  }
}

/**
 * An event as it is on the wire, encoded once for all sockets. Socket.io itself makes a packet, a buffer and some
 * callbacks for each socket. https://socket.io/docs/v4/socket-io-protocol/#packet-encoding
 */
export interface EncodedEvent {
  /** The frame of a WebSocket. */
  readonly frame: Buffer
  /** The message of Engine.io, which adds the type itself. */
  readonly message: string
}

export function encodeEvent(event: string, payload: unknown): EncodedEvent {
  const message = `2${JSON.stringify([event, payload])}`
  return { frame: Buffer.from(`4${message}`), message }
}

/**
 * Sends an encoded event, behind everything that was sent to the socket before. While Engine.io writes, it keeps later
 * packets itself, and a frame that goes around it would overtake them.
 */
export function sendEncoded({ conn, data: { webSocket } }: AmbientSocket, { frame, message }: EncodedEvent): void {
  if (webSocket && conn.transport.writable) webSocket.send(frame, { binary: false })
  else conn.write(message)
}

/** The WebSocket of a new connection, which Engine.io keeps with the upgrade request; null where there is none. */
export function webSocketOf({ conn: { request } }: AmbientSocket): WebSocket | null {
  if (!(request instanceof IncomingMessage) || !('websocket' in request)) return null
  return request.websocket instanceof WebSocket ? request.websocket : null
}
