import type { Socket } from 'node:net'
import { messageLength, readIncoming, replyHead, type IncomingMessage } from './messages.ts'

/** Up to here copying is cheaper than writing twice. */
const copiedBytes = 64 * 1024

/** Given a message, sees to its answer. */
export type OnMessage = (message: IncomingMessage, reply: (document: Uint8Array) => void, connection: object) => void

/**
 * Reads messages off a socket. Whoever does not follow the protocol loses the connection, and nobody else does. Who does not read the
 * answers is not read either, until they do.
 */
export function serveConnection(socket: Socket, onMessage: OnMessage): void {
  let chunks: Buffer[] = []
  let bytes = 0
  let wanted: number | undefined

  const reply = (message: IncomingMessage, document: Uint8Array) => {
    if (message.silent || socket.destroyed) return
    const head = replyHead(message, document)
    if (document.byteLength <= copiedBytes) socket.write(Buffer.concat([head, document]))
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
      if (wanted === undefined && head && head.length < 4 && bytes >= 4) chunks = [Buffer.concat(chunks)]
      wanted ??= chunks[0] && messageLength(chunks[0])
      if (wanted === undefined || bytes < wanted) return
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      const message = readIncoming(all.subarray(0, wanted))
      onMessage(message, document => reply(message, document), socket)
      chunks = all.length > wanted ? [all.subarray(wanted)] : []
      bytes = all.length - wanted
      wanted = undefined
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
  // A reset connection is the other side's business.
  socket.on('error', () => socket.destroy())
}
