import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { startServer } from '../server-process.ts'
import { goLive, joinShow, signIn } from '../users.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

t.test('hosts start and stop the recording, and everybody sees it at once, latecomers too', async t => {
  const { creator, client: host, showId } = await goLive(server.url)
  const { user, client: cohost } = await joinShow(server.url, showId, 'Co-host')
  const { client: listener } = await joinShow(server.url, showId)
  t.teardown(() => [host, cohost, listener].forEach(client => client.disconnect()))
  t.equal(await listener.requestError('recording:set', { on: true }), 'FORBIDDEN')
  t.equal(await cohost.requestError('recording:set', { on: true }), 'FORBIDDEN', 'before they are a co-host')
  for (const payload of [{}, { on: 'yes' }, { on: true, reason: 'full' }]) {
    t.equal(await host.requestError('recording:set', payload), 'VALIDATION', JSON.stringify(payload))
  }
  await host.request('cohost:set', { userId: user.id, cohost: true })
  t.same(await cohost.request('recording:set', { on: true }), {})
  const started = await listener.waitForEvent('recording:started')
  t.match(started, { event: { by: user.id } })
  const { client: latecomer, user: late } = await joinShow(server.url, showId, 'Latecomer')
  t.teardown(() => latecomer.disconnect())
  const { snapshot } = await latecomer.request('show:resync', {})
  t.same(snapshot.recording, { startedAt: started.at, by: user.id })

  const count = host.roomEvents.length
  await host.request('recording:set', { on: true })
  t.equal(host.roomEvents.length, count, 'one that is on goes on')
  await host.request('recording:set', { on: false })
  t.match(await latecomer.waitForEvent('recording:stopped'), { event: { by: creator.id, reason: 'host' } })
  t.equal((await (await late.connect()).join(showId)).recording, undefined)
})

t.test(
  'a show with the setting is recorded from its start, and a changed setting starts nothing by itself',
  async t => {
    const creator = await signIn(server.url, 'Creator')
    const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A', settings: { record: true } })
    const path = `/v1/shows/${showId}`
    const host = await creator.connect()
    t.teardown(() => host.disconnect())
    t.equal(await host.requestError('recording:set', { on: true }), 'NOT_IN_SHOW', 'before the start')
    await creator.rest('POST', `${path}/start`)
    t.match((await host.join(showId)).recording, { by: null })

    await creator.rest('PATCH', path, { settings: { record: false } })
    await host.waitForEvent('settings:changed')
    t.match((await host.request('show:resync', {})).snapshot, { settings: { record: false }, recording: { by: null } })
    await host.request('recording:set', { on: false })
    await creator.rest('PATCH', path, { settings: { record: true } })
    await host.waitForEvent('settings:changed', event => event.type === 'settings:changed' && !!event.settings.record)
    t.equal((await host.request('show:resync', {})).snapshot.recording, undefined)
    await creator.rest('POST', `${path}/end`)
    t.equal(await host.requestError('recording:set', { on: true }), 'NOT_IN_SHOW', 'after the end')
  }
)

t.test('a recording goes on after a crash, while the show waits for its creator', async t => {
  const { creator, client, showId } = await goLive(server.url)
  await client.request('recording:set', { on: true })
  const started = await client.waitForEvent('recording:started')
  await server.stop('SIGKILL')
  await server.restart()
  const { client: listener } = await joinShow(server.url, showId)
  t.teardown(() => listener.disconnect())
  const { snapshot } = await listener.request('show:resync', {})
  t.match(snapshot, { status: 'interrupted', recording: { startedAt: started.at, by: creator.id } })
})
