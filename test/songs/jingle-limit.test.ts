import t from 'tap'
import type { SongDocument } from '../../plugins/app/songs/document.ts'
import { startApp } from '../realtime/real-app.ts'
import { signIn } from '../users.ts'

const { app, url } = await startApp(t)
const songs = app.db.collection<SongDocument>('songs')
const mark = { name: 'Horn', color: 'teal' } as const

/** Stores short songs that are ready. */
async function storeSongs(ownerId: string, count: number): Promise<string[]> {
  const documents = Array.from({ length: count }, (_, n) => ({
    ...{ _id: `${ownerId}-${n}`, ownerId, state: 'ready', title: `Sound ${n}`, artist: null, album: null },
    ...{ durationMs: 1000, peaks: [], reason: null, words: [], createdAt: new Date() }
  }))
  await songs.insertMany(documents as unknown as SongDocument[])
  return documents.map(({ _id }) => _id)
}

t.test('requests at the same time put no more songs on pads than a person may have', async t => {
  const { id } = await signIn(url, 'Creator')
  const songIds = await storeSongs(id, 14)
  for (const songId of songIds.slice(0, 11)) await app.songs.patch(id, songId, { jingle: mark })
  const results = await Promise.allSettled(
    songIds.slice(11).map(async songId => await app.songs.patch(id, songId, { jingle: mark }))
  )
  t.ok(results.some(({ status }) => status === 'rejected'))
  t.ok((await songs.countDocuments({ jingleOf: id })) <= 12)
  const kept = results.filter(({ status }) => status === 'fulfilled').length
  t.equal(await songs.countDocuments({ ownerId: id, jingle: { $type: 'object' } }), 11 + kept)
})

t.test('a pad is renamed while all pads are taken', async t => {
  const { id } = await signIn(url, 'Creator')
  const songIds = await storeSongs(id, 13)
  for (const songId of songIds.slice(0, 12)) await app.songs.patch(id, songId, { jingle: mark })
  const renamed = await app.songs.patch(id, songIds[0]!, { jingle: { ...mark, name: 'Bell' } })
  t.equal(renamed.jingle?.name, 'Bell')
  await t.rejects(app.songs.patch(id, songIds[12]!, { jingle: mark }), { code: 'CONFLICT' })
  t.equal((await app.songs.listJingles(id)).length, 12)
})
