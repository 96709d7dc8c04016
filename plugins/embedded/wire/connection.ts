import type { Socket } from 'node:net'
import { messageLength, readIncoming, replyHead, type IncomingMessage } from './messages.ts'

/** Maximum size of a reply that is copied behind its head. A larger one is cheaper to write separately. */
const maxCopiedBytes = 64 * 1024

/** Called with each message; calls `reply` with its answer. `connection` identifies the connection. */
export type OnMessage = (message: IncomingMessage, reply: (document: Uint8Array) => void, connection: object) => void

/**
 * Reads messages from a socket and writes the replies. Closes the connection if the client violates the protocol.
 * Pauses reading while the client does not read its replies.
 */
export function serveConnection(socket: Socket, onMessage: OnMessage): void {
  let chunks: Buffer[] = []
  let bytes = 0
  let expectedBytes: number | undefined

  const reply = (message: IncomingMessage, document: Uint8Array) => {
    if (message.isSilent || socket.destroyed) return
    const head = replyHead(message, document)
    if (document.byteLength <= maxCopiedBytes) socket.write(Buffer.concat([head, document]))
    else {
      socket.cork()
      socket.write(head)
      socket.write(document)
      socket.uncork()
    }
    if (socket.writableNeedDrain) socket.pause()
  }

  const readAll = () => {
    for (;;) {
      const head = chunks[0]
      if (expectedBytes === undefined && head && head.length < 4 && bytes >= 4) chunks = [Buffer.concat(chunks)]
      expectedBytes ??= chunks[0] && messageLength(chunks[0])
      if (expectedBytes === undefined || bytes < expectedBytes) return
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      const message = readIncoming(all.subarray(0, expectedBytes))
      onMessage(message, document => reply(message, document), socket)
      chunks = all.length > expectedBytes ? [all.subarray(expectedBytes)] : []
      bytes = all.length - expectedBytes
      expectedBytes = undefined
    }
  }

  socket.on('data', chunk => {
    chunks.push(chunk)
    bytes += chunk.length
    try {
      readAll()
    } catch {
      socket.destroy()
    }
  })
  socket.on('drain', () => socket.resume())
  // The client reset the connection.
  socket.on('error', () => socket.destroy())
}
