import type { AmbientSocket } from './socket-data.ts'

interface Packet {
  type: string
  data?: unknown
}

/** What comes over a socket's connection, seen before it is decoded. */
export interface Traffic {
  /** Bytes of the oldest event that was not asked for yet, its attachments included. To be called once for each event. */
  nextEventBytes(): number
}

/**
 * Sizes of the events that are on their way from the wire to the handler. Socket.io decodes in a later turn, so a packet's size has
 * to be kept until its event comes out: https://socket.io/docs/v4/socket-io-protocol/#packet-encoding. Whatever is no event
 * (attachments, acknowledgements nobody asked for, heartbeats) is a stray.
 */
export function watchTraffic(socket: AmbientSocket, onStray: () => void): Traffic {
  const sizes: number[] = []
  let hasAttachments = false

  socket.conn.on('packet', ({ type, data }: Packet) => {
    if (type === 'message' && typeof data === 'string' && /^[25]/.test(data)) {
      sizes.push(Buffer.byteLength(data))
      hasAttachments = data.startsWith('5')
      return
    }
    // Of an acknowledgement they would be counted to an event that has nothing to do with them.
    if (ArrayBuffer.isView(data) && hasAttachments) sizes.push((sizes.pop() ?? 0) + data.byteLength)
    if (typeof data === 'string') hasAttachments = false
    onStray()
  })

  return { nextEventBytes: () => sizes.shift() ?? 0 }
}
