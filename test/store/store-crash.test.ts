import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { joinShow, goLive } from '../users.ts'
import { until } from '../realtime/real-app.ts'
import { startServer } from '../server-process.ts'

t.test(
  'when the thread of the embedded store crashes, shows continue, and a restart finds acknowledged writes',
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ambient-crash-'))
    t.teardown(async () => await rm(folder, { recursive: true, force: true }))
    const [logFile, CRASH_WHEN] = [join(folder, 'log'), join(folder, 'now')]
    const server = await startServer(
      {
        MONGODB_URL: '',
        MEDIA_WORKERS: '1',
        CRASH_WHEN,
        NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'crash-on-demand.ts')).href}`
      },
      { logFile }
    )
    t.teardown(async () => await server.close())
    const { creator, client, showId } = await goLive(server.url)
    const listener = await joinShow(server.url, showId)
    await client.request('comment:send', { clientId: 'a', text: 'Acknowledged' })

    await writeFile(CRASH_WHEN, '')
    const logged = [
      '"level":60',
      'simulated crash',
      '"msg":"embedded store crashed: nothing is stored until the server is restarted"'
    ]
    await until(async () =>
      (await readFile(logFile, 'utf8')).split('\n').some(line => logged.every(part => line.includes(part)))
    )
    const ready = await fetch(`${server.url}/readyz`)
    t.equal(ready.status, 503)
    t.match(await ready.json(), { reasons: ['mongodb'] })
    t.equal((await fetch(`${server.url}/healthz`)).status, 200)
    t.equal(await client.requestError('comment:send', { clientId: 'b', text: 'Too late' }), 'UNAVAILABLE')
    listener.client.requestRaw('speak:request', {}).catch(() => {})
    t.ok(await client.waitForEvent('speak:requested'), 'the room still sends events')
    await listener.client.request('reaction:send', { emoji: '👏' })

    await rm(CRASH_WHEN)
    await server.restart()
    t.equal((await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status, 'interrupted')
    const { items } = await creator.rest<{ items: { text: string }[] }>('GET', `/v1/shows/${showId}/comments`)
    t.match(items, [{ text: 'Acknowledged' }])
    t.equal(items.length, 1)
  }
)
