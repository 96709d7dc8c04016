import t from 'tap'
import { testAtNight } from '../depth.ts'
import { maxPlaylistBytes, type Playlist } from '../../contract/playlist.ts'
import { playlistBytes } from '../../plugins/app/playlists/playlist-size.ts'
import type { Song } from '../../contract/songs.ts'
import { goLive, joinShow, type TestUser } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { settled, storedFilesOf, uploaded } from './uploads.ts'

// A worker learns of the removal of its song when it renews its lease, every third of this time.
const { app, url } = await startApp(t, { SONG_LEASE_MS: '6000' })
const file = await makeFile(
  'a.flac',
  ['-metadata', 'title=First', '-metadata', 'artist=Somebody', '-metadata', 'album=Tones'],
  'sine=duration=12'
)
const { creator, client, showId } = await goLive(url)
const path = `/v1/shows/${showId}/playlist`
const put = async (by: Pick<typeof creator, 'rest'>, version: number, ...songs: Song[]) =>
  await by.rest<Playlist>('PUT', path, { version, items: songs.map(({ id }) => ({ kind: 'song', songId: id })) })
const uploadSong = async (person: typeof creator) => await settled(person, (await uploaded(url, person, file)).id)

t.test('a playlist takes songs of its editor, and no songs of others', async t => {
  const song = await uploadSong(creator)
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
  const cohostSong = await uploadSong(cohost)
  await t.rejects(put(creator, 1, cohostSong), /NOT_FOUND/)
  t.equal((await put(cohost, 1, song, cohostSong)).items.length, 2, 'songs that are in the playlist may stay there')
  const processing = await uploaded(url, creator, file)
  await t.rejects(put(creator, 2, processing), /NOT_FOUND/)
  await settled(creator, processing.id)
})

/** Reads an answer as clients get it. */
async function answerOf(user: TestUser, path: string): Promise<string> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${user.token}` } })
  return await answer.text()
}

testAtNight(t, 'no answer with a playlist is larger than its maximum', async t => {
  const { creator: other, showId: otherId, client: host } = await goLive(url)
  const otherPath = `/v1/shows/${otherId}/playlist`
  const song = await uploadSong(other)
  const edit = async (version: number, count: number) =>
    await other.rest<Playlist>('PUT', otherPath, {
      version,
      items: Array.from({ length: count }, () => ({ kind: 'song', songId: song.id }))
    })
  const { items } = await edit(0, 500)
  t.equal(items.length, 500, '500 ordinary songs fit')
  t.ok(JSON.stringify(items).length < maxPlaylistBytes / 2)

  // The longest titles that 500 items may have, byte for byte.
  const left = maxPlaylistBytes - playlistBytes(items)
  const longest = 'x'.repeat(Math.floor(left / 500) + song.title.length)
  await app.db.collection<{ _id: string }>('songs').updateOne({ _id: song.id }, { $set: { title: longest } })
  await edit(1, 0)
  t.equal((await edit(2, 500)).items.length, 500)
  const full = await answerOf(other, otherPath)
  t.ok(full.length <= maxPlaylistBytes && full.length > maxPlaylistBytes - 2_000, `${full.length} bytes`)
  await edit(3, 0)
  await app.db.collection<{ _id: string }>('songs').updateOne({ _id: song.id }, { $set: { title: `${longest}xx` } })
  await t.rejects(edit(4, 500), /VALIDATION.*bytes/)
  await app.db.collection<{ _id: string }>('songs').updateOne({ _id: song.id }, { $set: { title: longest } })
  await edit(4, 500)
  const { snapshot } = await host.request('show:resync', {})
  t.ok(JSON.stringify(snapshot).length < 20_000, 'a snapshot has the version of the playlist, and one item')
  await other.rest('DELETE', `/v1/songs/${song.id}`)
  const gone = await answerOf(other, otherPath)
  t.match(JSON.parse(gone), { items: [{ title: longest, available: false }] }, 'with its whole title')
  t.ok(gone.length <= maxPlaylistBytes, `a deleted song: ${gone.length} bytes`)

  // A list that was stored before there was a maximum.
  for (const title of ['x'.repeat(3_000), '\u0001'.repeat(3_000), '👨‍👩‍👧‍👦'.repeat(200)]) {
    const texts = { 'items.$[].title': title, 'items.$[].artists': [title, title], 'items.$[].album': title }
    await app.db.collection<{ _id: string }>('playlists').updateOne({ _id: otherId }, { $set: texts })
    const answer = await answerOf(other, otherPath)
    t.ok(Buffer.byteLength(answer) <= maxPlaylistBytes, `${Buffer.byteLength(answer)} bytes`)
    const old: Playlist = JSON.parse(answer)
    t.equal(old.items.length, 500)
    for (const item of old.items) t.ok(item.title !== '' && title.startsWith(item.title))
    const turned = old.items.toReversed().map(({ id, songId }) => ({ id, kind: 'song', songId }))
    const { items } = await other.rest<Playlist>('PUT', otherPath, { version: old.version, items: turned })
    t.equal(items[0]?.id, old.items.at(-1)?.id, 'such a list can be edited')
  }
})

t.test("a song can't be deleted while it plays; afterwards its playlist entry is not available", async t => {
  const {
    version,
    items: [first, second]
  } = await creator.rest<Playlist>('GET', path)
  const { songId } = first!
  await app.liveShows.playlistEdited(showId, { version, items: [first!, second!] })
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
    'the room starts with the first available song'
  )
  await client.request('playback:stop', {})
  t.same(await storedFilesOf(app, songId!), [])
  await t.rejects(app.songs.source(songId!), { code: 'NOT_FOUND' })
  await t.rejects(creator.rest('DELETE', `/v1/songs/${songId}`), /NOT_FOUND/)
})

t.test('a song that is deleted while a playlist adds it is not available there', async t => {
  const song = await uploadSong(creator)
  const { version } = await creator.rest<Playlist>('GET', path)
  await Promise.allSettled([put(creator, version, song), creator.rest('DELETE', `/v1/songs/${song.id}`)])
  await until(async () =>
    (await creator.rest<Playlist>('GET', path)).items.every(item => item.songId !== song.id || !item.available)
  )
  t.pass()
})

t.test('a deletion that a crash interrupted is finished in playlists, too', async t => {
  const song = await uploadSong(creator)
  const { version } = await creator.rest<Playlist>('GET', path)
  await put(creator, version, song)
  await app.db
    .collection<{ _id: string; state: string; leaseUntil: Date }>('songs')
    .updateOne({ _id: song.id }, { $set: { state: 'leaving', leaseUntil: new Date(0) } })
  await app.songs.removeLeftovers()
  t.match(await creator.rest<Playlist>('GET', path), { items: [{ songId: song.id, available: false }] })
  t.same(await storedFilesOf(app, song.id), [])
})

t.test('erasing a person removes their songs, also those that are being transcoded', async t => {
  const { user } = await joinShow(url, showId)
  const ready = await uploadSong(user)
  const long = await makeFile('long.mp3', [], 'sine=duration=40')
  const processing = await uploaded(url, user, long)
  const storedFiles = async () =>
    (await Promise.all([ready, processing].map(async ({ id }) => await storedFilesOf(app, id)))).flat()
  t.match(await user.rest<object>('GET', '/v1/users/me/export'), {
    songs: [{ id: processing.id }, { id: ready.id }]
  })
  await user.rest('DELETE', '/v1/users/me')
  await until(async () => (await storedFiles()).length === 0)
  t.notOk(
    await app.db.collection('songs').findOne({ ownerId: user.id, title: { $ne: '' } }),
    'no title of theirs is stored'
  )
  await app.songs.worker.idle()
  t.same(await storedFiles(), [], 'the worker stores nothing afterwards')
})
