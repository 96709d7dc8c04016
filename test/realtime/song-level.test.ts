import t from 'tap'
import { startServer } from '../server-process.ts'
import { goLive, joinShow } from '../users.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

t.test('hosts set the level of songs, and everybody sees it at once, latecomers too', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { user, client: cohost } = await joinShow(server.url, showId, 'Co-host')
  const { client: listener } = await joinShow(server.url, showId)
  t.teardown(() => [host, cohost, listener].forEach(client => client.disconnect()))
  t.equal(await listener.requestError('playback:level', { levelDb: -6 }), 'FORBIDDEN')
  t.equal(await cohost.requestError('playback:level', { levelDb: -6 }), 'FORBIDDEN', 'before they are a co-host')
  for (const payload of [{}, { levelDb: 1 }, { levelDb: -31 }, { levelDb: -0.5 }, { levelDb: '-6' }]) {
    t.equal(await host.requestError('playback:level', payload), 'VALIDATION', JSON.stringify(payload))
  }
  await host.request('cohost:set', { userId: user.id, cohost: true })
  t.same(await cohost.request('playback:level', { levelDb: -6 }), {})
  t.match(await listener.waitForEvent('songLevel:changed'), { event: { levelDb: -6, by: user.id } })
  const count = host.roomEvents.length
  await host.request('playback:level', { levelDb: -6 })
  t.equal(host.roomEvents.length, count, 'the same level changes nothing')
  const { client: latecomer } = await joinShow(server.url, showId, 'Latecomer')
  t.teardown(() => latecomer.disconnect())
  t.equal((await latecomer.request('show:resync', {})).snapshot.songLevelDb, -6)
})

t.test('the level of songs survives a crash', async t => {
  const { client, showId } = await goLive(server.url)
  await client.request('playback:level', { levelDb: -12 })
  await server.stop('SIGKILL')
  await server.restart()
  const { client: listener } = await joinShow(server.url, showId)
  t.teardown(() => listener.disconnect())
  t.equal((await listener.request('show:resync', {})).snapshot.songLevelDb, -12)
})
