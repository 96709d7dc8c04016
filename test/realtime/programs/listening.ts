import { request, type IncomingMessage } from 'node:http'
import { goLive } from '../../users.ts'

/** Starts a show that is streamed, unless the settings say otherwise. */
export async function openRadio(url: string, settings: object = { program: true }) {
  const live = await goLive(url, 'A "radio" show', settings)
  return { ...live, address: `${url}/live/${live.showId}` }
}

/** A listener of a stream, like a radio app: reads all that comes. */
export interface StreamListener {
  readonly response: IncomingMessage
  /** All bytes so far. */
  bytes(): Buffer
  /** Resolves when this many bytes more have come. */
  next(count: number): Promise<Buffer>
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>
  close(): void
}

/** Opens a stream. Resolves with the answer, whatever its status is. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<StreamListener> {
  const chunks: Buffer[] = []
  let size = 0
  const waiting = new Set<() => void>()
  const asked = request(url, { headers, agent: false })
  asked.end()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve)
    asked.once('error', reject)
  })
  asked.on('error', () => {})
  response.on('error', () => {})
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    for (const check of waiting) check()
  })
  const ended = new Promise<void>(resolve => response.once('close', resolve))
  return {
    response,
    bytes: () => Buffer.concat(chunks),
    async next(count) {
      const from = size
      await new Promise<void>(resolve => {
        const check = () => {
          if (size < from + count) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      })
      return Buffer.concat(chunks).subarray(from)
    },
    ended,
    close: () => asked.destroy()
  }
}
