import t from 'tap'
import type { Page } from '../../contract/paging.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { RequestableSong, SongRequest } from '../../contract/song-requests.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { goLive, joinShow, signIn, type ShowClient, type TestUser } from '../users.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t)
const sound = await makeFile('a.flac', [], 'sine=duration=2')

async function addSong(owner: TestUser, title: string): Promise<string> {
  const { id } = await settled(owner, (await uploaded(url, owner, sound)).id)
  await owner.rest('PATCH', `/v1/songs/${id}`, { title })
  return id
}

async function startShow() {
  const { creator, client: host, showId } = await goLive(url, 'A show', { songRequests: 'open' })
  const songIds = [await addSong(creator, 'Blue moon'), await addSong(creator, 'Red sun')] as const
  const { client: first, user } = await joinShow(url, showId, 'First')
  const { client: second } = await joinShow(url, showId, 'Second')
  t.teardown(() => [host, first, second].forEach(client => client.disconnect()))
  return { creator, host, showId, songIds, first, second, user }
}

async function requestsIn(client: ShowClient): Promise<readonly SongRequest[]> {
  return (await client.request('show:resync', {})).snapshot.songRequests ?? []
}

const order = async (client: ShowClient) =>
  (await requestsIn(client)).map(({ title, votes }) => `${title} ${votes}`).join(', ')

t.test(
  'listeners find the songs of the creator, request one and vote, and those with more votes come first',
  async t => {
    const { creator, showId, songIds, first, second, user } = await startShow()
    const path = `/v1/shows/${showId}/requestable-songs`
    const list = async (query = '') => await user.rest<Page<RequestableSong>>('GET', `${path}${query}`)
    const { items } = await list()
    t.same(
      items.map(({ title }) => title),
      ['Red sun', 'Blue moon']
    )
    t.same(Object.keys(items[0]!).sort(), ['artist', 'artworkUrl', 'durationMs', 'songId', 'title'])
    t.same(
      (await list('?q=blu')).items.map(({ songId }) => songId),
      [songIds[0]]
    )
    const { nextCursor } = await list('?limit=1')
    t.same(
      (await list(`?limit=1&cursor=${nextCursor}`)).items.map(({ songId }) => songId),
      [songIds[0]]
    )
    const stranger = await signIn(url, 'Stranger')
    await t.rejects(stranger.rest('GET', path), /NOT_IN_SHOW/)

    await first.request('song:request', { songId: songIds[0] })
    await second.request('song:request', { songId: songIds[1] })
    t.equal(await order(first), 'Blue moon 1, Red sun 1')
    await first.request('song:vote', { songId: songIds[1], on: true })
    await first.request('song:vote', { songId: songIds[1], on: true })
    await until(async () => (await order(second)) === 'Red sun 2, Blue moon 1')
    t.same((await first.request('votes:mine', {})).songIds.toSorted(), [...songIds].toSorted())
    await first.request('song:vote', { songId: songIds[0], on: false })
    await until(async () => (await order(second)) === 'Red sun 2, Blue moon 0')
    t.same((await first.request('votes:mine', {})).songIds, [songIds[1]])
    const seen = JSON.stringify([second.roomEvents, second.queueEvents, await requestsIn(second)])
    t.notMatch(seen, user.id, 'nobody learns who requests or votes')

    await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { songRequests: 'closed' } })
    await first.waitForEvent('settings:changed')
    t.equal(await first.requestError('song:vote', { songId: songIds[0], on: true }), 'FORBIDDEN')
    t.equal(await first.requestError('song:request', { songId: songIds[0] }), 'FORBIDDEN')
    await t.rejects(list(), /FORBIDDEN/)
  }
)

t.test('a song that is not the creator’s, or not ready, or a jingle, or deleted cannot be requested', async t => {
  const { creator, showId, songIds, first, user } = await startShow()
  const foreign = await addSong(user, 'Mine')
  const broken = (await uploaded(url, creator, await makeFile('b.flac', [], 'sine=duration=1'))).id
  for (const songId of [foreign, 'none']) t.equal(await first.requestError('song:request', { songId }), 'NOT_FOUND')
  await settled(creator, broken)
  await app.db.collection<{ _id: string }>('songs').updateOne({ _id: broken }, { $set: { state: 'processing' } })
  t.equal(await first.requestError('song:request', { songId: broken }), 'NOT_FOUND')
  const jingleId = await addSong(creator, 'Applause')
  await creator.rest('PATCH', `/v1/songs/${jingleId}`, { jingle: { name: 'Applause', color: 'teal' } })
  t.equal(await first.requestError('song:request', { songId: jingleId }), 'NOT_FOUND')
  const { items } = await user.rest<Page<RequestableSong>>('GET', `/v1/shows/${showId}/requestable-songs`)
  t.same(
    items.map(({ songId }) => songId),
    songIds.toReversed(),
    'nor is it listed'
  )
  await creator.rest('DELETE', `/v1/songs/${songIds[0]}`)
  t.equal(await first.requestError('song:request', { songId: songIds[0] }), 'NOT_FOUND')
  t.equal(await first.requestError('song:vote', { songId: songIds[1], on: true }), 'NOT_FOUND', 'not requested')
})

t.test('a song that its owner deletes leaves the list', async t => {
  const { creator, songIds, first } = await startShow()
  for (const songId of songIds) await first.request('song:request', { songId })
  await creator.rest('DELETE', `/v1/songs/${songIds[0]}`)
  t.match((await first.waitForEvent('song:settled')).event, { songId: songIds[0], reason: 'dismissed', by: null })
  t.equal(await order(first), 'Red sun 1')
})

t.test('hosts dismiss a requested song, and one that plays leaves the list', async t => {
  const { creator, host, showId, songIds, first } = await startShow()
  for (const songId of songIds) await first.request('song:request', { songId })
  t.equal(await first.requestError('song:dismiss', { songId: songIds[0] }), 'FORBIDDEN')
  await host.request('song:dismiss', { songId: songIds[0] })
  t.match((await first.waitForEvent('song:settled')).event, { reason: 'dismissed', by: creator.id })
  t.equal(await order(first), 'Red sun 1')

  await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, {
    version: 0,
    items: [{ kind: 'song', songId: songIds[1] }]
  })
  await host.request('playback:play', {})
  const settled = await first.waitForEvent(
    'song:settled',
    event => event.type === 'song:settled' && event.reason === 'played'
  )
  t.match(settled.event, { songId: songIds[1], by: null })
  t.same(await requestsIn(first), [])
  const votes = app.db.collection('showVotes')
  await until(async () => (await votes.countDocuments({ showId })) === 0)
  t.pass('the votes for it are forgotten')
})

t.test('co-hosts add the songs of the creator while they may be requested, and no others', async t => {
  const { creator, host, showId, songIds, first, user } = await startShow()
  await host.request('cohost:set', { userId: user.id, cohost: true })
  await first.waitForEvent('cohost:changed')
  const put = async (version: number) =>
    await user.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, {
      version,
      items: [{ kind: 'song', songId: songIds[0] }]
    })
  t.match(await put(0), { items: [{ songId: songIds[0], title: 'Blue moon' }] })
  await creator.rest('PUT', `/v1/shows/${showId}/playlist`, { version: 1, items: [] })
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { songRequests: 'closed' } })
  await t.rejects(put(2), /NOT_FOUND/)
})

t.test('one person has a few songs in the list', async t => {
  const { creator, songIds, first, second } = await startShow()
  const more: string[] = []
  for (let n = 0; n < 4; n++) more.push(await addSong(creator, `Song ${n}`))
  for (const songId of [...songIds, ...more.slice(0, 3)]) await first.request('song:request', { songId })
  t.equal(await first.requestError('song:request', { songId: more[3] }), 'QUEUE_FULL')
  await second.request('song:request', { songId: more[3]! })
  t.equal((await requestsIn(first)).length, 6)
})
