import t from 'tap'
import type { Playlist } from '../../contract/playlist.ts'
import type { Song } from '../../contract/songs.ts'
import { joinShow, goLive } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { keptOf, settled, uploaded } from './uploads.ts'

const { app, url } = await startApp(t)
const sound = await makeFile(
  'a.flac',
  ['-metadata', 'title=First', '-metadata', 'artist=Somebody', '-metadata', 'album=Tones'],
  'sine=duration=20'
)
const { creator, client, showId } = await goLive(url)
const path = `/v1/shows/${showId}/playlist`
const put = async (by: Pick<typeof creator, 'rest'>, version: number, ...songs: Song[]) =>
  await by.rest<Playlist>('PUT', path, { version, items: songs.map(({ id }) => ({ kind: 'song', songId: id })) })
const songOf = async (person: typeof creator) => await settled(person, (await uploaded(url, person, sound)).id)

t.test("songs of one's own go into a playlist, and nobody else's", async t => {
  const song = await songOf(creator)
  const {
    items: [item]
  } = await put(creator, 0, song)
  t.match(item, {
    kind: 'song',
    songId: song.id,
    title: 'First',
    artists: ['Somebody'],
    album: 'Tones',
    durationMs: song.durationMs,
    artworkUrl: null,
    link: null,
    available: true
  })
  const { user: cohost } = await joinShow(url, showId)
  await client.request('cohost:set', { userId: cohost.id, cohost: true })
  const theirs = await songOf(cohost)
  await t.rejects(put(creator, 1, theirs), /NOT_FOUND/)
  t.equal((await put(cohost, 1, song, theirs)).items.length, 2, 'what is in the list may stay there')
  const waiting = await uploaded(url, creator, sound)
  await t.rejects(put(creator, 2, waiting), /NOT_FOUND/)
  await settled(creator, waiting.id)
})

t.test("a song on air can't be deleted; one that was stays in the list, and says so", async t => {
  const {
    version,
    items: [first, second]
  } = await creator.rest<Playlist>('GET', path)
  const { songId } = first!
  await app.liveShows.command(showId, { kind: 'user', userId: creator.id }, { type: 'playlist:edit' })
  await client.request('playback:play', { itemId: first!.id })
  await t.rejects(creator.rest('DELETE', `/v1/songs/${songId}`), /CONFLICT/)
  t.equal((await creator.rest<Song>('GET', `/v1/songs/${songId}`)).status, 'ready')
  await client.request('playback:pause', {})
  await t.rejects(creator.rest('DELETE', `/v1/songs/${songId}`), /CONFLICT/, 'also while it is paused')
  await client.request('playback:stop', {})
  await creator.rest('DELETE', `/v1/songs/${songId}`)
  const after = await creator.rest<Playlist>('GET', path)
  t.match(after, {
    version: version + 1,
    items: [
      { songId, title: 'First', available: false, artworkUrl: null },
      { id: second!.id, available: true }
    ]
  })
  await client.waitForEvent(
    'playlist:changed',
    event => event.type === 'playlist:changed' && event.playlistVersion === version + 1
  )
  t.match(
    await client.request('playback:play', {}),
    { playback: { item: { id: second!.id } } },
    'the room knows: the list begins with what there is'
  )
  await client.request('playback:stop', {})
  t.same(await keptOf(app, songId!), [])
  await t.rejects(app.songs.source(songId!), { code: 'NOT_FOUND' })
  await t.rejects(creator.rest('DELETE', `/v1/songs/${songId}`), /NOT_FOUND/)
})

t.test('a song that is deleted while it is put into a list is not there', async t => {
  const song = await songOf(creator)
  const { version } = await creator.rest<Playlist>('GET', path)
  await Promise.allSettled([put(creator, version, song), creator.rest('DELETE', `/v1/songs/${song.id}`)])
  await until(async () =>
    (await creator.rest<Playlist>('GET', path)).items.every(item => item.songId !== song.id || !item.available)
  )
  t.pass()
})

t.test('who goes takes their songs along, also those that are being made', async t => {
  const { user } = await joinShow(url, showId)
  const ready = await songOf(user)
  const long = await makeFile('long.mp3', [], 'sine=duration=90')
  const inWork = await uploaded(url, user, long)
  t.match(await user.rest<object>('GET', '/v1/users/me/export'), { songs: [{ id: inWork.id }, { id: ready.id }] })
  await user.rest('DELETE', '/v1/users/me')
  await until(
    async () => (await Promise.all([ready, inWork].map(async ({ id }) => await keptOf(app, id)))).flat().length === 0
  )
  t.notOk(
    await app.db.collection('songs').findOne({ ownerId: user.id, title: { $ne: '' } }),
    'nothing is known of them'
  )
  await app.songs.workshop.idle()
  t.same(
    (await Promise.all([ready, inWork].map(async ({ id }) => await keptOf(app, id)))).flat(),
    [],
    'who was at work puts nothing back'
  )
})
