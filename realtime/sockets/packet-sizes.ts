import type { AmbientSocket } from './socket-data.ts'

interface Packet {
  type: string
  data?: unknown
}

/** Sizes of a socket's incoming events, seen before they are decoded. */
export interface PacketSizes {
  /** Returns the bytes of the next event in order, with its attachments. Called once for each event. */
  nextEventBytes(): number
}

/**
 * Keeps the sizes of events between the wire and their handler. Socket.io decodes in a later turn of the event loop, so
 * a packet's size is kept until its event comes out: https://socket.io/docs/v4/socket-io-protocol/#packet-encoding.
 * `onStray` is called for packets that are no event: attachments, unexpected acknowledgements, heartbeats.
 */
export function watchPacketSizes(socket: AmbientSocket, onStray: () => void): PacketSizes {
  const sizes: number[] = []
  let hasAttachments = false

  socket.conn.on('packet', ({ type, data }: Packet) => {
    if (type === 'message' && typeof data === 'string' && /^[25]/.test(data)) {
      sizes.push(Buffer.byteLength(data))
      hasAttachments = data.startsWith('5')
      return
    }
    // The attachments of an acknowledgement must not count to an event they do not belong to.
    if (ArrayBuffer.isView(data) && hasAttachments) sizes.push((sizes.pop() ?? 0) + data.byteLength)
    if (typeof data === 'string') hasAttachments = false
    onStray()
  })

  return { nextEventBytes: () => sizes.shift() ?? 0 }
}
