import { once } from 'node:events'
import WebSocket from 'ws'

/** A WebSocket without Socket.io: it sends and receives plain text frames. */
export interface RawSocket {
  send(frame: string): void
  /**
   * Takes the first frame that matches, of those received already or later; a frame is taken once. Throws after
   * `takeTimeoutMs`, with the frames that were received instead.
   */
  take(matches: (frame: string) => boolean): Promise<string>
  readonly closed: Promise<void>
  close(): void
}

/** Longer than the interval between two pings of the server. */
const takeTimeoutMs = 20_000

export async function openRawSocket(url: string): Promise<RawSocket> {
  const socket = new WebSocket(url)
  const received: string[] = []
  const watchers = new Set<() => void>()
  socket.on('message', data => {
    received.push(String(data))
    for (const watcher of watchers) watcher()
  })
  const closed = once(socket, 'close').then(() => {})
  await once(socket, 'open')

  return {
    closed,
    send: frame => socket.send(frame),
    async take(matches) {
      const taken = Promise.withResolvers<string>()
      const check = () => {
        const index = received.findIndex(matches)
        for (const frame of index < 0 ? [] : received.splice(index, 1)) taken.resolve(frame)
      }
      const timeout = setTimeout(
        () => taken.reject(new Error(`No frame matches. Received:\n${received.join('\n')}`)),
        takeTimeoutMs
      )
      watchers.add(check)
      check()
      try {
        return await taken.promise
      } finally {
        clearTimeout(timeout)
        watchers.delete(check)
      }
    },
    close: () => socket.terminate()
  }
}
