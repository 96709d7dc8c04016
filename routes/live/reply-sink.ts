import type { FastifyReply } from 'fastify'
import type { ByteSink } from '../../plugins/app/shows/live-programs.ts'

/**
 * Begins an answer without an end, and returns where its bytes go. They are sent as they are, without chunks: that is
 * what radio apps expect, and it costs less. `onClosed` is called once, when the connection ends on either side.
 */
export function openSink(reply: FastifyReply, onClosed: () => void): ByteSink {
  const headers = reply.getHeaders()
  reply.hijack()
  const { raw } = reply
  raw.shouldKeepAlive = false
  raw.useChunkedEncodingByDefault = false
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value)
  raw.once('close', onClosed)
  raw.on('error', () => {})
  raw.writeHead(200)
  raw.flushHeaders()
  return {
    write(bytes) {
      if (!raw.destroyed) raw.write(bytes)
    },
    get waitingBytes() {
      return raw.writableLength
    },
    end: () => raw.end(),
    drop: () => raw.destroy()
  }
}
