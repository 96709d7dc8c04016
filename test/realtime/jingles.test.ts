import t from 'tap'
import type { JinglePads } from '../../contract/jingles.ts'
import type { Song } from '../../contract/songs.ts'
import { startServer } from '../server-process.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { goLive, joinShow, type TestUser } from '../users.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())
const mark = { name: 'Horn', color: 'teal' } as const

async function upload(owner: TestUser, seconds: number): Promise<string> {
  const file = await makeFile('a.flac', [], `sine=frequency=1500:duration=${seconds}`)
  return (await settled(owner, (await uploaded(server.url, owner, file, 'Horn.flac')).id)).id
}

const patch = async (owner: TestUser, songId: string, body: object) =>
  await owner.rest<Song>('PATCH', `/v1/songs/${songId}`, body)

t.test('the creator puts short sounds on pads, and the hosts play them', async t => {
  const { creator, client: host, showId } = await goLive(server.url)
  const { user, client: cohost } = await joinShow(server.url, showId, 'Co-host')
  const { user: listenerUser, client: listener } = await joinShow(server.url, showId)
  t.teardown(() => [host, cohost, listener].forEach(client => client.disconnect()))
  const [songId, longId, plainId] = await Promise.all([2, 16, 2].map(async s => await upload(creator, s)))
  const pads = async (by: TestUser) => await by.rest<JinglePads>('GET', `/v1/shows/${showId}/jingles`)

  t.same(await pads(creator), { items: [] })
  await t.rejects(patch(creator, longId!, { jingle: mark }), /409/, 'too long')
  for (const jingle of [{ name: '', color: 'teal' }, { name: 'Horn', color: '#fff' }, { ...mark, by: 'me' }, 'Horn']) {
    await t.rejects(patch(creator, songId!, { jingle }), /400/, JSON.stringify(jingle))
  }
  await t.rejects(patch(user, songId!, { jingle: mark }), /404/, 'of another person')
  t.match(await patch(creator, songId!, { jingle: mark }), { jingle: mark })
  await host.request('cohost:set', { userId: user.id, cohost: true })
  const { items } = await pads(user)
  t.match(items, [{ songId, ...mark }])
  await t.rejects(pads(listenerUser), /403/)

  t.equal(await listener.requestError('jingle:play', { songId }), 'FORBIDDEN')
  t.equal(await host.requestError('jingle:play', { songId: plainId }), 'NOT_FOUND', 'not on a pad')
  const own = await upload(user, 1)
  await patch(user, own, { jingle: mark })
  t.equal(await cohost.requestError('jingle:play', { songId: own }), 'NOT_FOUND', "a co-host's own")
  t.same(await cohost.request('jingle:play', { songId: songId! }), {})
  const { event, at } = await listener.waitForEvent('jingle:changed')
  t.match(event, { jingle: { songId, by: user.id, producerId: String, durationMs: items[0]!.durationMs } })
  t.ok(event.type === 'jingle:changed' && event.jingle!.startedAt >= at, 'listeners have time to receive it')
  const { client: latecomer } = await joinShow(server.url, showId, 'Latecomer')
  t.teardown(() => latecomer.disconnect())
  t.match((await latecomer.request('show:resync', {})).snapshot, {
    jingle: { songId },
    playback: { status: 'stopped' }
  })

  t.notHas(await patch(creator, songId!, { jingle: null }), { jingle: mark })
  t.same(await pads(creator), { items: [] })
  t.equal(await host.requestError('jingle:play', { songId }), 'NOT_FOUND')
})

t.test('a host who presses too fast waits', async t => {
  const { creator, client: host } = await goLive(server.url)
  t.teardown(() => host.disconnect())
  const songId = await upload(creator, 1)
  await patch(creator, songId, { jingle: mark })
  const answers = await Promise.all(
    Array.from({ length: 12 }, async () => await host.requestRaw('jingle:play', { songId }))
  )
  const refused = answers.filter(answer => !answer.ok)
  t.equal(refused.length, 2)
  t.match(refused, [{ error: { code: 'RATE_LIMITED' } }, { error: { code: 'RATE_LIMITED' } }])
})

t.test('after a restart no jingle is left', async t => {
  const { creator, client, showId } = await goLive(server.url)
  const songId = await upload(creator, 1)
  await patch(creator, songId, { jingle: mark })
  await client.request('jingle:play', { songId })
  await server.stop('SIGKILL')
  await server.restart()
  const { client: listener } = await joinShow(server.url, showId)
  t.teardown(() => listener.disconnect())
  const { snapshot } = await listener.request('show:resync', {})
  if (snapshot.jingle) await listener.waitForEvent('jingle:changed', event => !('jingle' in event && event.jingle))
  t.equal((await listener.request('show:resync', {})).snapshot.jingle, undefined)
})
