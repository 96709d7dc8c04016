import { once } from 'node:events'
import WebSocket from 'ws'

/** A WebSocket with nothing above it: frames as they travel. */
export interface RawSocket {
  send(frame: string): void
  /**
   * Takes the first frame that fits, of those that came or will; it is not taken again. Throws when none does, and says
   * what came instead.
   */
  take(fits: (frame: string) => boolean): Promise<string>
  readonly closed: Promise<void>
  close(): void
}

/** Longer than the server waits between two pings. */
const patienceMs = 20_000

export async function openRawSocket(url: string): Promise<RawSocket> {
  const socket = new WebSocket(url)
  const waiting: string[] = []
  const watchers = new Set<() => void>()
  socket.on('message', data => {
    waiting.push(String(data))
    for (const watcher of watchers) watcher()
  })
  const closed = once(socket, 'close').then(() => {})
  await once(socket, 'open')

  return {
    closed,
    send: frame => socket.send(frame),
    async take(fits) {
      const found = Promise.withResolvers<string>()
      const look = () => {
        const index = waiting.findIndex(fits)
        for (const frame of index < 0 ? [] : waiting.splice(index, 1)) found.resolve(frame)
      }
      const tooLate = setTimeout(
        () => found.reject(new Error(`it did not come; what came is:\n${waiting.join('\n')}`)),
        patienceMs
      )
      watchers.add(look)
      look()
      try {
        return await found.promise
      } finally {
        clearTimeout(tooLate)
        watchers.delete(look)
      }
    },
    close: () => socket.terminate()
  }
}
