import { createServer, connect, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { startScratchStore } from '../store/backends.ts'

/** A store that goes away and comes back. */
export interface UnsteadyStore {
  /** A connection string for MONGODB_URL. */
  readonly url: string
  goAway(): Promise<void>
  /** Takes what it is asked and answers no more, until it goes away. */
  goSilent(): void
  comeBack(): Promise<void>
}

/** An embedded store behind a line that can be cut. */
export async function startUnsteadyStore(t: Test): Promise<UnsteadyStore> {
  const store = await startScratchStore(t)
  const path = decodeURIComponent(/^mongodb:\/\/([^/]+)/.exec(store.url)![1]!)
  const open = new Set<Socket>()
  let server: Server
  let port = 0

  async function comeBack(): Promise<void> {
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

  async function goAway(): Promise<void> {
    const closed = new Promise(resolve => server.close(resolve))
    for (const socket of open) socket.destroy()
    await closed
  }

  function goSilent(): void {
    for (const socket of open) socket.unpipe().pause()
  }

  await comeBack()
  t.teardown(async () => {
    await goAway()
    await store.close()
  })
  return { url: `mongodb://127.0.0.1:${port}/ambient?directConnection=true`, goAway, goSilent, comeBack }
}
