import t from 'tap'
import { testAtNight } from '../../../depth.ts'
import { audioKey } from '../../../../plugins/app/recordings/document.ts'
import { tonesIn } from '../../../goertzel.ts'
import { sendRequest } from '../../../http-request.ts'
import { recordShow } from '../../../recorded-show.ts'
import { audioOf, mixedReplay, planConversation } from './recorded.ts'

const { app, url, creator, documents, planned } = await planConversation(t)

t.test('a stint whose bytes are gone is left out, and mixing ends', async t => {
  const { showId, stintIds } = await recordShow(app, planned)
  await mixedReplay(app, creator, showId)
  await app.storage.delete(audioKey({ id: stintIds[1] ?? '', showId }))
  await creator.rest('POST', `/v1/shows/${showId}/replay/mix`)
  const { status, audio } = await mixedReplay(app, creator, showId)
  t.equal(status, 'ready')
  t.equal((await documents.findOne({ _id: showId }))?.asked, 2, 'asked for once more')
  const sound = await audioOf(t, url, audio[0]?.url ?? '')
  t.same(tonesIn(sound, 1000), [])
  t.equal(tonesIn(sound, 440).length, 1)
})

t.test('a deletion that failed half-way can be repeated', async t => {
  const { showId } = await recordShow(app, planned)
  await mixedReplay(app, creator, showId)
  const path = `/v1/shows/${showId}/replay`
  const { deleteOf } = app.recordings
  app.recordings.deleteOf = async () => await Promise.reject(new Error('the store is away'))
  t.equal((await sendRequest(url, 'DELETE', path, { token: creator.token })).status, 500)
  app.recordings.deleteOf = deleteOf
  t.equal((await sendRequest(url, 'DELETE', path, { token: creator.token })).status, 204)
  t.same(await app.recordings.stintsOf(showId), [])
  t.equal((await sendRequest(url, 'GET', path, { token: creator.token })).status, 404)
})

testAtNight(t, 'stints that are told of again do not restart a mixing', async t => {
  const { showId } = await recordShow(app, planned)
  await mixedReplay(app, creator, showId)
  const leaseUntil = new Date(Date.now() + 60_000)
  await documents.updateOne(
    { _id: showId },
    { $set: { state: 'waiting', leaseToken: 'of another server', leaseUntil }, $unset: { mixed: '' } }
  )
  await app.replays.stintsChanged(showId)
  t.match(await documents.findOne({ _id: showId }), { asked: 1, leaseToken: 'of another server' })
})
