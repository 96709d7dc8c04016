import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'
import { settle, startConversation } from './conversation.ts'

const realApp = await startApp(t)

t.test('an erased person is removed everywhere, also in the middle', async t => {
  const { node, app, showId, state, ana, ben } = await startConversation(t, realApp)
  const keeper = app.personalData.keepers().get('transcripts')!
  await node.passMs(0)
  t.equal(state.jobs.size, 2)
  await keeper.erase(ben.id)
  await settle(node, showId, ana.id)
  t.same(
    (await node.transcripts.segmentsOf(showId)).map(({ userId }) => userId),
    [ana.id, ana.id]
  )
  t.equal(state.jobs.size, 0)
  await keeper.erase(ana.id)
  t.same(await node.transcripts.segmentsOf(showId), [])
  t.match(await node.transcripts.get(showId, ana.id), { status: 'none', topics: [], language: null })
})

t.test('an erasure while the audio is sent, or the result is read, leaves nothing', async t => {
  const { node, showId, state, ana, ben } = await startConversation(t, realApp)
  await node.transcripts.removeOfPerson(ana.id)
  state.delayMs = 300
  const sending = node.passMs(0)
  while (state.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 10))
  await node.transcripts.removeOfPerson(ben.id)
  await sending
  t.equal(state.started, 1)
  await node.passMs(0)
  t.equal(state.jobs.size, 0, 'the job is deleted at the transcriber')
  t.match(await node.transcripts.get(showId, ana.id), { status: 'none' })
})

t.test('the removal of recordings and of shows removes transcripts', async t => {
  const { node, app, showId, state, ana } = await startConversation(t, realApp)
  await settle(node, showId, ana.id)
  await app.recordings.deleteOf(showId)
  t.same(await node.transcripts.segmentsOf(showId), [])
  const other = await startConversation(t, realApp)
  await other.node.passMs(0)
  await app.showData.remove(other.showId)
  t.equal(await app.db.collection('transcriptJobs').countDocuments({}), 0)
  await other.node.passMs(60_000)
  t.equal(other.state.jobs.size, 0)
  t.equal(state.jobs.size, 0)
})
