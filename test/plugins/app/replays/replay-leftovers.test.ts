import t from 'tap'
import { collect } from '../../../../plugins/app/documents/collect.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { recordShow } from '../../../recorded-show.ts'
import { signIn } from '../../../users.ts'
import { mixedReplay } from './recorded.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')

t.test('a removal that was interrupted is finished: files, space and document', async t => {
  const { showId } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 3_000,
    stints: [{ userId: creator.id, atMs: 0, durationMs: 2_000 }]
  })
  const { audio } = await mixedReplay(app, creator, showId)
  const [stint] = await app.recordings.stintsOf(showId)
  const usedBytes = async () => (await app.recordings.getSpace(creator.id)).usedBytes
  t.equal(
    await usedBytes(),
    audio.reduce((sum, { sizeBytes }) => sum + sizeBytes, stint!.sizeBytes)
  )
  await app.db.collection<{ _id: string }>('replays').updateOne({ _id: showId }, { $set: { state: 'leaving' } })
  await app.replays.removeLeftovers()
  t.equal(await usedBytes(), stint!.sizeBytes)
  t.equal(await app.db.collection<{ _id: string }>('replays').findOne({ _id: showId }), null)
  t.same(await collect(app.storage.list(`replays/${showId}/`)), [])
})
