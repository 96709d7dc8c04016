import { Collection } from 'mongodb'
import t, { type Test } from 'tap'
import type { Playlist } from '../../contract/playlist.ts'
import type { Show } from '../../contract/shows.ts'
import type { Song } from '../../contract/songs.ts'
import type { SongDocument } from '../../plugins/app/songs/document.ts'
import { startApp } from '../realtime/real-app.ts'
import { goLive } from '../users.ts'
import { makeFile } from './files.ts'
import { settled, uploaded } from './uploads.ts'

const { app, url } = await startApp(t)
const { creator, client, showId: liveShowId } = await goLive(url)
const file = await makeFile('a.ogg', ['-c:a', 'libopus', '-b:a', '32k'])
const { id: songId } = await settled(creator, (await uploaded(url, creator, file, 'Old.ogg')).id)
const showIds = [liveShowId]
for (const title of ['A', 'B', 'C']) showIds.push((await creator.rest<Show>('POST', '/v1/shows', { title })).id)
for (const showId of showIds) {
  await creator.rest('PUT', `/v1/shows/${showId}/playlist`, { version: 0, items: [{ kind: 'song', songId }] })
}

const playlistOf = async (showId: string) => await creator.rest<Playlist>('GET', `/v1/shows/${showId}/playlist`)
const patch = async (body: object) => await creator.rest<Song>('PATCH', `/v1/songs/${songId}`, body)
const artists = async () => {
  const playlists = await Promise.all(showIds.map(playlistOf))
  return playlists.map(({ items }) => items[0]?.artists[0])
}
const isMarked = async () =>
  (await app.db.collection<SongDocument>('songs').countDocuments({ _id: songId, hasUntoldChange: true })) > 0

/** Calls `before` ahead of each update of a playlist, with the number of updates so far. Returns how to stop it. */
function beforeUpdates(t: Test, before: (count: number) => Promise<void>): () => void {
  const { updateOne } = Collection.prototype
  let count = 0
  const { restore } = t.intercept(Collection.prototype, 'updateOne', {
    configurable: true,
    async value(this: Collection, ...values: Parameters<typeof updateOne>) {
      if (this.collectionName === 'playlists') await before(count++)
      return await updateOne.apply(this, values)
    }
  })
  return restore
}

t.test('maintenance updates the playlists that a failing store left behind', async t => {
  const restore = beforeUpdates(t, async count => {
    if (count >= 2) throw new Error('the store failed')
  })
  const { artistKey } = await patch({ artist: 'Somebody' })
  t.type(artistKey, 'string', 'the change is stored, so its request succeeds')
  t.equal((await artists()).filter(artist => artist === 'Somebody').length, 2)
  t.ok(await isMarked())
  await app.songs.tellLeftChanges()
  t.ok(await isMarked(), 'the mark stays while the store fails')
  restore()

  // As on two servers at once.
  await Promise.all([app.songs.tellLeftChanges(), app.songs.tellLeftChanges()])
  t.same(await artists(), Array(4).fill('Somebody'))
  const keys = (await Promise.all(showIds.map(playlistOf))).map(({ items }) => items[0]?.artistKey)
  t.same(keys, Array(4).fill(artistKey))
  t.notOk(await isMarked())
  t.same(
    (await Promise.all(showIds.map(playlistOf))).map(({ version }) => version),
    [2, 2, 2, 2],
    'each playlist was changed once'
  )
})

t.test('a change that another server stored meanwhile reaches all playlists', async t => {
  const restore = beforeUpdates(t, async count => {
    // That server dies before it tells anybody.
    if (count === 2) await app.songs.fields.patch(creator.id, songId, { artist: 'Second' })
  })
  await patch({ artist: 'First' })
  restore()
  t.same(await artists(), Array(4).fill('Second'))
  t.notOk(await isMarked())
})

t.test('a change keeps its mark while a later one fails', async t => {
  const restore = beforeUpdates(t, async count => {
    if (count === 2) await app.songs.fields.patch(creator.id, songId, { artist: 'Later' })
    if (count > 3) throw new Error('the store failed')
  })
  await patch({ artist: 'Earlier' })
  restore()
  t.ok(await isMarked())
  await app.songs.tellLeftChanges()
  t.same(await artists(), Array(4).fill('Later'))
  t.notOk(await isMarked())
})

t.test('a server that is late and dies does not replace newer fields', async t => {
  const restore = beforeUpdates(t, async count => {
    if (count === 0) await patch({ artist: 'Newer' })
    if (count > 5) throw new Error('the server died')
  })
  await patch({ artist: 'Late' })
  restore()
  t.same(await artists(), Array(4).fill('Newer'))
  t.notOk(await isMarked())
})

t.test('the room of a live show is told again', async t => {
  const { restore } = t.intercept(app.liveShows, 'playlistEdited', {
    configurable: true,
    value: async () => await Promise.reject(new Error('the home does not answer'))
  })
  await patch({ artist: 'Live' })
  restore()
  t.ok(await isMarked())
  await app.songs.tellLeftChanges()
  t.notOk(await isMarked())
  const { version } = await playlistOf(liveShowId)
  await client.waitForEvent(
    'playlist:changed',
    event => event.type === 'playlist:changed' && event.playlistVersion === version
  )
  t.same(await artists(), Array(4).fill('Live'))
})

t.test('a deletion that is refused does not lose a change', async t => {
  await app.songs.fields.patch(creator.id, songId, { artist: 'Kept' })
  const { restore } = t.intercept(app.shows, 'isSongOnAir', {
    configurable: true,
    async value() {
      await app.songs.tellLeftChanges()
      return true
    }
  })
  await t.rejects(creator.rest('DELETE', `/v1/songs/${songId}`), /CONFLICT/)
  restore()
  t.ok(await isMarked())
  await app.songs.tellLeftChanges()
  t.same(await artists(), Array(4).fill('Kept'))
})

t.test('a removed song whose document stays for its worker has no mark', async t => {
  await app.songs.fields.patch(creator.id, songId, { artist: 'Gone' })
  const songs = app.db.collection<SongDocument>('songs')
  await songs.updateOne({ _id: songId }, { $set: { leaseToken: 'a worker' } })
  await creator.rest('DELETE', `/v1/songs/${songId}`)
  t.match(await songs.findOne({ _id: songId }), { state: 'leaving' })
  t.notOk(await isMarked())
  t.same(
    (await Promise.all(showIds.map(playlistOf))).map(({ items }) => items[0]?.available),
    Array(4).fill(false)
  )
})
