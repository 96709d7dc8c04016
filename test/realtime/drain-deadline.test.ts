import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { joinShow, goLive } from '../users.ts'
import { startServer } from '../server-process.ts'
import { startInterruptibleStore } from './interruptible-store.ts'

t.test(
  'a server whose database does not answer exits at the drain deadline, logs it, and loses nothing acknowledged',
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ambient-deadline-'))
    t.teardown(async () => await rm(folder, { recursive: true, force: true }))
    const store = await startInterruptibleStore(t)
    const logFile = join(folder, 'log')
    const server = await startServer(
      { MONGODB_URL: store.url, MEDIA_WORKERS: '1', DRAIN_DEADLINE_MS: '2000' },
      { logFile }
    )
    t.teardown(async () => await server.close())
    const { creator, client, showId } = await goLive(server.url)
    const listener = await joinShow(server.url, showId)
    await client.request('comment:send', { clientId: 'a', text: 'Acknowledged' })

    store.stopResponding()
    const answered = listener.client.requestRaw('speak:request', {})
    answered.catch(() => {})
    await client.waitForEvent('speak:requested')
    t.equal(await server.stop('SIGTERM'), 1)
    t.match(
      await readFile(logFile, 'utf8'),
      /"level":50[^\n]*"deadlineMs":2000,"msg":"shutdown deadline exceeded, exiting with work pending"/
    )

    await store.disconnect()
    await store.reconnect()
    await server.restart()
    t.equal((await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status, 'interrupted')
    t.match(await creator.rest('GET', `/v1/shows/${showId}/comments`), { items: [{ text: 'Acknowledged' }] })
  }
)
