import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'
import { settle, startConversation } from './conversation.ts'

const dayMs = 24 * 3_600_000
const realApp = await startApp(t)
/** The stint of Ana has about 5 s of speech and short pauses, that of Ben 3 s. */
const limitMs = 6500

t.test('speech of a creator beyond the limit of a day waits for the next, also with two nodes', async t => {
  const { node, showId, state, ana, app } = await startConversation(t, realApp, limitMs)
  const other = await node.addNode()
  for (let n = 0; n < 60; n++) await Promise.all([node.passMs(1000), other.passMs(0)])
  t.equal(state.started, 1, 'one of two stints')
  t.ok(node.audioMs + other.audioMs <= limitMs)
  const { status, reason } = await node.transcripts.get(showId, ana.id)
  t.same([status, reason], ['waiting', 'The limit of transcribed speech of a day is reached. It goes on tomorrow.'])
  const [day] = await app.db.collection('transcribedDays').find({}).toArray()
  t.match(day, { creatorId: ana.id, sentMs: Math.ceil(node.audioMs + other.audioMs) })

  await node.passMs(dayMs)
  await settle(node, showId, ana.id)
  t.equal(state.started, 2)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'ready', reason: null })
})

t.test('speech counts after its recording was removed', async t => {
  const { node, showId, state, stintIds, ana, app } = await startConversation(t, realApp, limitMs)
  await node.passMs(0)
  t.equal(state.started, 1)
  await node.transcripts.removeOfShow(showId)
  t.equal(await app.db.collection('transcriptJobs').countDocuments({}), 0)
  await node.transcripts.followRecordings(showId)
  for (let n = 0; n < 60; n++) await node.passMs(1000)
  t.equal(state.started, 1)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'waiting' })
  t.equal(stintIds.length, 2)
})

t.test('a stint that is longer than the limit of a day fails', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp, 1000)
  await settle(node, showId, ana.id)
  const { status, reason } = await node.transcripts.get(showId, ana.id)
  t.same([status, reason], ['failed', 'The recording is longer than what may be transcribed on a day.'])
  t.equal(state.started, 0)
})

t.test('an upload that always fails is given up after days, and may be asked for again', async t => {
  const { node, showId, state, ana, ben, app } = await startConversation(t, realApp)
  await node.transcripts.removeOfPerson(ben.id)
  let calls = 0
  let ms = 0
  for (; ms < 7 * dayMs; ms += 600_000) {
    state.failures.push('error')
    const before = state.calls.length
    await node.passMs(600_000)
    calls += state.calls.length - before
    state.failures.length = 0
    if ((await node.transcripts.get(showId, ana.id)).status !== 'waiting') break
  }
  t.match(await node.transcripts.get(showId, ana.id), { status: 'failed', reason: 'The transcriber did not answer.' })
  t.equal(calls, 20)
  t.ok(ms > dayMs, `an outage of a day loses nothing: given up after ${ms} ms`)
  t.notMatch(JSON.stringify(node.lines), state.token)
  const sent = await app.db.collection('transcribedDays').find({}).toArray()
  t.equal(sent.length, 1, 'counted once')
  t.match(await node.transcripts.request(showId, ana.id), { status: 'waiting', reason: null })
  await settle(node, showId, ana.id)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'ready' })
})
