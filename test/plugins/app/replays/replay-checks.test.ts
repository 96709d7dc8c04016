import t from 'tap'
import { testAtNight } from '../../../depth.ts'
import { recordShow } from '../../../recorded-show.ts'
import { mixedReplay, planConversation, songItem, uploadTone } from './recorded.ts'

const { app, url, creator, guest, documents, planned } = await planConversation(t)

t.test('a right that was withdrawn during the mixing is seen before the replay is stored', async t => {
  const songId = await uploadTone(app, url, creator, 2500)
  const { rightsOf } = app.songs
  const states: (string | undefined)[] = []
  app.songs.rightsOf = async songIds => {
    states.push((await documents.findOne({ 'mixed.songIds': songId }))?.state)
    return states.length === 2 ? new Map() : await rightsOf(songIds)
  }
  t.teardown(() => Object.assign(app.songs, { rightsOf }))
  const { showId } = await recordShow(app, { ...planned, items: [{ item: songItem(songId), atMs: 0 }] })
  await mixedReplay(app, creator, showId)
  t.same(states.slice(0, 4), [undefined, undefined, undefined, undefined], 'not stored when looked at')
  t.match(await documents.findOne({ _id: showId }), { state: 'ready', asked: 1, mixed: { songIds: [songId] } })
})

testAtNight(t, 'a check that was interrupted is made up for', async t => {
  const { showId } = await recordShow(app, planned)
  await mixedReplay(app, creator, showId)
  await app.replays.worker.idle()
  t.notOk((await documents.findOne({ _id: showId }))?.isUnchecked)
  await documents.updateOne({ _id: showId }, { $set: { isUnchecked: true, 'mixed.songIds': ['withdrawn'] } })
  await app.replays.checkLeft()
  t.equal((await documents.findOne({ _id: showId }))?.asked, 2)
})

t.test('an erased person who was recorded but did not speak is mixed out too', async t => {
  const silent = { userId: guest.id, atMs: 0, durationMs: 3000, source: 'anullsrc=sample_rate=48000' }
  const { showId } = await recordShow(app, { ...planned, stints: [...planned.stints.slice(0, 1), silent] })
  const { speakers } = await mixedReplay(app, creator, showId)
  t.equal(speakers.length, 1)
  await app.replays.personalData.erase(guest.id)
  t.equal((await documents.findOne({ _id: showId }))?.asked, 2)
})

testAtNight(t, 'a recording without recorded time in its log gives no replay', async t => {
  const { showId } = await recordShow(app, { ...planned, recordedMs: [0, 0] })
  await app.replays.worker.idle()
  t.notOk((await documents.findOne({ _id: showId, state: { $ne: 'leaving' } }))?.state)
})
