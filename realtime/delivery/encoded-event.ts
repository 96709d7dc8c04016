import { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { AmbientSocket, DirectConnection, Recipient } from '../sockets/socket-data.ts'

/**
 * An event as it is on the wire, encoded once for all sockets. Socket.io itself makes a packet, a frame and some
 * callbacks for each socket. https://socket.io/docs/v4/socket-io-protocol/#packet-encoding
 */
export interface EncodedEvent {
  /** The whole frame of a WebSocket: header and message. */
  readonly frame: Buffer
  /** The message of Engine.io, which adds the type itself. */
  readonly message: string
}

export function encodeEvent(event: string, payload: unknown): EncodedEvent {
  const message = `2${JSON.stringify([event, payload])}`
  return { frame: textFrame(`4${message}`), message }
}

/** A final frame with text. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
const finalText = 0x81
const [max7Bits, max16Bits] = [125, 0xffff]
const [has16Bits, has64Bits] = [126, 127]

/** Builds the frame of a text as a server sends it: in one piece, not masked, not compressed. */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const headerBytes = length <= max7Bits ? 2 : length <= max16Bits ? 4 : 10
  const frame = Buffer.allocUnsafe(headerBytes + length)
  frame[0] = finalText
  if (headerBytes === 2) frame[1] = length
  else if (headerBytes === 4) {
    frame[1] = has16Bits
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = has64Bits
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, headerBytes)
  return frame
}

/**
 * Sends an encoded event to each recipient, behind everything that was sent to the socket before. Looks at all of them
 * before the first write: the memory of thousands of sockets is in no cache, and reads overlap only where no system
 * call lies between them.
 */
export function sendEncoded(recipients: readonly Recipient[], { frame, message }: EncodedEvent): void {
  const streams = recipients.map(findFreeStream)
  for (const [n, { conn }] of recipients.entries()) {
    const stream = streams[n]
    if (stream) stream.write(frame)
    else conn.write(message)
  }
}

/**
 * Returns the stream of a connection that takes a whole frame now. While Engine.io writes, it keeps later packets
 * itself, and a frame that goes around it would overtake them. Nothing may follow the close of a WebSocket.
 */
function findFreeStream({ direct }: Recipient): DirectConnection['stream'] | null {
  if (!direct?.transport.writable || direct.webSocket.readyState !== WebSocket.OPEN) return null
  return direct.stream.writable && !direct.stream.pending ? direct.stream : null
}

/** Returns the recipient of a new connection. Engine.io keeps the WebSocket with the upgrade request. */
export function recipientOf({ id, conn }: Pick<AmbientSocket, 'id' | 'conn'>): Recipient {
  return { id, conn, direct: directConnectionOf(conn) }
}

/** Returns null where there is no WebSocket, or an extension such as compression changes its frames. */
function directConnectionOf({ request, transport }: AmbientSocket['conn']): DirectConnection | null {
  if (!(request instanceof IncomingMessage) || !('websocket' in request)) return null
  const { websocket: webSocket, socket: stream } = request
  return webSocket instanceof WebSocket && webSocket.extensions === '' ? { webSocket, stream, transport } : null
}
