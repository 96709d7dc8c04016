import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'
import { startScratchStore } from '../store/backends.ts'

/** A store whose connections a test can interrupt. */
export interface InterruptibleStore {
  /** A connection string for MONGODB_URL. */
  readonly url: string
  /** Closes all connections and refuses new ones until `reconnect`. */
  disconnect(): Promise<void>
  /** Keeps the open connections and answers nothing more on them. */
  stopResponding(): void
  /** Accepts connections again. */
  reconnect(): Promise<void>
}

/** Starts an embedded store behind a proxy that can interrupt its connections. */
export async function startInterruptibleStore(t: Test): Promise<InterruptibleStore> {
  const store = await startScratchStore(t)
  const path = decodeURIComponent(/^mongodb:\/\/([^/]+)/.exec(store.url)![1]!)
  const open = new Set<Socket>()
  let server: Server
  let port = 0

  async function reconnect(): Promise<void> {
    server = createServer(near => {
      const far = connect(path)
      for (const [one, other] of [
        [near, far],
        [far, near]
      ] as const) {
        open.add(one)
        one
          .on('error', () => {})
          .on('close', () => {
            open.delete(one)
            other.destroy()
          })
        one.pipe(other)
      }
    })
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }

  async function disconnect(): Promise<void> {
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of open) socket.destroy()
    await closed
  }

  function stopResponding(): void {
    for (const socket of open) socket.unpipe().pause()
  }

  await reconnect()
  t.teardown(async () => {
    await disconnect()
    await store.close()
  })
  return { url: `mongodb://127.0.0.1:${port}/ambient?directConnection=true`, disconnect, stopResponding, reconnect }
}
