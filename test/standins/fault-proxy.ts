import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A TCP proxy in front of Redis or MongoDB, whose connections a test disturbs. */
export interface FaultProxy {
  readonly port: number
  /** Resets all connections and refuses new ones. */
  cut(): Promise<void>
  /** Keeps connections open, accepts new ones, and swallows all bytes in both directions. */
  silence(): void
  /** Forwards bytes this much later, ms, in order. 0 ends the delay. */
  delay(ms: number): void
  /** Forwards again. Connections whose bytes were swallowed are reset: TCP does not lose the middle of a stream. */
  restore(): Promise<void>
}

/** Starts a proxy on a free port of 127.0.0.1, until the end of the test. `target` is a port or a socket's path. */
export async function startFaultProxy(t: Test, target: number | string): Promise<FaultProxy> {
  const open = new Set<Socket>()
  const damaged = new Set<Socket>()
  let isSilent = false
  let delayMs = 0
  let server: Server | undefined
  let port = 0

  function forward(from: Socket, to: Socket): void {
    // Chunks leave one after the other, each at its time at the earliest.
    let last = Promise.resolve()
    from.on('data', chunk => {
      if (isSilent) {
        damaged.add(from)
        return
      }
      const dueMs = performance.now() + delayMs
      last = last.then(async () => {
        const waitMs = dueMs - performance.now()
        if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
        if (!to.destroyed && !to.write(chunk)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      })
    })
    from.on('end', () => {
      if (!isSilent) last.then(() => to.end())
    })
    from.on('error', () => {})
    from.on('close', () => {
      open.delete(from)
      damaged.delete(from)
      if (!isSilent) last.then(() => to.destroy())
    })
  }

  async function listen(): Promise<void> {
    server = createServer({ allowHalfOpen: true }, near => {
      open.add(near)
      if (isSilent) {
        damaged.add(near)
        near.on('error', () => {}).on('close', () => open.delete(near))
        near.resume()
        return
      }
      const far = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target)
      open.add(far)
      forward(near, far)
      forward(far, near)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }

  async function cut(): Promise<void> {
    const closed = server && new Promise(resolve => server?.close(resolve))
    server = undefined
    for (const socket of open) reset(socket)
    await closed
  }

  await listen()
  t.teardown(cut)
  return {
    port,
    cut,
    silence() {
      isSilent = true
    },
    delay(ms) {
      delayMs = ms
    },
    async restore() {
      isSilent = false
      for (const socket of damaged) reset(socket)
      if (!server) await listen()
    }
  }
}

/** Resets a connection. One to a socket's path has no reset. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy()
  else socket.resetAndDestroy()
}
