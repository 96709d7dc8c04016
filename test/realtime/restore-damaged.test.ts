import t from 'tap'
import { damage, startDamagingStore } from '../store/damaging-store.ts'
import { goLive } from '../users.ts'
import { startApp, until } from './real-app.ts'

t.test('a damaged show keeps neither the server from starting nor another show from being restored', async t => {
  const store = await startDamagingStore(t)
  const settings = { MONGODB_URL: store.url, DATA_DIR: t.testdir() }
  const before = await startApp(t, settings)
  const { client, showId: damagedId } = await goLive(before.url)
  const { client: other, showId } = await goLive(before.url)
  for (const { socket } of [client, other]) socket.disconnect()
  await before.app.close()
  await store.db.collection<{ _id: string }>('shows').updateOne({ _id: damagedId }, { $set: { note: damage } })

  const { app } = await startApp(t, settings)
  await until(async () => (await app.liveShows.findPlace(showId, 'anybody')) !== undefined)
  t.match(app.liveShows.findStatus(showId), { status: 'interrupted' })
  t.equal(await app.liveShows.findPlace(damagedId, 'anybody'), undefined)
  t.match(app.liveShows.findStatus(damagedId), { status: 'interrupted' }, 'it waits for its repair')
  await store.db.collection<{ _id: string }>('shows').updateOne({ _id: damagedId }, { $unset: { note: '' } })
  await until(async () => (await app.liveShows.findPlace(damagedId, 'anybody')) !== undefined)
  t.pass('a repaired show is restored')
})
