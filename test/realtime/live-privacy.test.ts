import t from 'tap'
import type { Playlist } from '../../contract/playlist.ts'
import type { Show } from '../../contract/shows.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { goLive, joinShow, signIn, type TestUser } from '../users.ts'
import { followLive, untilLive } from './live-updates.ts'
import { startApp, until } from './real-app.ts'

const { url } = await startApp(t, { AUTH_GUESTS: 'on' })
const sound = await makeFile('a.flac', [], 'sine=duration=60')

async function addSong(owner: TestUser): Promise<string> {
  return (await settled(owner, (await uploaded(url, owner, sound)).id)).id
}

async function setPlaylist(creator: TestUser, showId: string, songId: string): Promise<void> {
  await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, { version: 0, items: [{ kind: 'song', songId }] })
}

t.test('a person says nothing about songs that they may not hear', async t => {
  const { creator, client, showId } = await goLive(url, 'With a song')
  const songId = await addSong(creator)
  const second = await addSong(creator)
  await setPlaylist(creator, showId, songId)
  const stranger = await (await signIn(url, 'Stranger')).connect()
  const { client: listener } = await joinShow(url, showId)
  const play = { songId, state: 'playing' }
  t.equal(await stranger.requestError('player:state', play), 'NOT_FOUND')
  t.equal(await listener.requestError('player:state', play), 'NOT_FOUND', 'while it does not play')
  t.equal(await listener.requestError('player:state', { songId: 'nothing', state: 'paused' }), 'NOT_FOUND')
  t.equal(await listener.requestError('player:state', { songId, state: 'louder' }), 'VALIDATION')
  await client.request('playback:play', {})
  await listener.waitForEvent('playback:changed')
  t.same(await listener.request('player:state', { songId, state: 'playing' }), {})
  t.equal(await listener.requestError('player:state', { songId: second, state: 'playing' }), 'NOT_FOUND')
  t.equal(await stranger.requestError('player:state', play), 'NOT_FOUND')
  const limits: string[] = []
  for (let n = 0; n < 200 && limits.length === 0; n++) {
    const answer = await client.requestRaw('player:state', play)
    if (!answer.ok) limits.push(answer.error.code)
  }
  t.same(limits, ['RATE_LIMITED'])
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  for (const one of [client, listener, stranger]) one.disconnect()
})

t.test('only public live shows and their songs are shown', async t => {
  const shows = []
  for (const visibility of ['private', 'unlisted', 'public'] as const) {
    const creator = await signIn(url, 'Creator')
    const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: visibility, visibility })
    await creator.rest('POST', `/v1/shows/${showId}/start`)
    const client = await creator.connect()
    const live = followLive(client)
    await client.join(showId)
    const songId = await addSong(creator)
    await setPlaylist(creator, showId, songId)
    await client.request('playback:play', {})
    await until(() => live.last?.usersOnSong?.songId === songId)
    shows.push({ creator, client, showId, songId })
  }
  const [hidden, unlisted, open] = shows
  const { client: listener } = await joinShow(url, open!.showId)
  const library = await open!.creator.connect()
  await library.request('player:state', { songId: open!.songId, state: 'playing' })
  const isPublic = ({ topSongs }: { topSongs: { songId: string }[] }) => topSongs.length > 0
  const values = await untilLive(url, values => isPublic(values) && values.topSongs[0]?.users === 2)
  t.match(values, { showsLive: 1, listeners: 1, topSongs: [{ songId: open!.songId, users: 2 }] })
  t.equal(values.topSongs.length, 1, JSON.stringify({ hidden: hidden!.songId, unlisted: unlisted!.songId }))

  await open!.creator
    .rest('PATCH', `/v1/shows/${open!.showId}`, { version: 1, visibility: 'private' })
    .catch(async () => {
      const { version } = await open!.creator.rest<Show>('GET', `/v1/shows/${open!.showId}`)
      await open!.creator.rest('PATCH', `/v1/shows/${open!.showId}`, { version, visibility: 'private' })
    })
  t.match(await untilLive(url, values => !isPublic(values)), { showsLive: 0, listeners: 0, topSongs: [] })
  for (const { client } of shows) client.disconnect()
  listener.disconnect()
  library.disconnect()
})
