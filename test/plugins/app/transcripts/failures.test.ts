import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'
import { settle, startConversation } from './conversation.ts'

const realApp = await startApp(t)

t.test('a rejected stint says why, and hosts try again', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp)
  state.rejects = 'Unsupported language'
  await settle(node, showId, ana.id)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'failed', reason: 'Unsupported language' })
  t.equal(state.jobs.size, 0, 'rejected jobs are deleted, too')
  state.rejects = null
  t.match(await node.transcripts.request(showId, ana.id), { status: 'waiting', reason: null })
  await settle(node, showId, ana.id)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'ready', reason: null })
  state.refusesConfig = 'language is not available'
  const other = await startConversation(t, realApp)
  other.state.refusesConfig = 'language is not available'
  await settle(other.node, other.showId, other.ana.id)
  const { status, reason } = await other.node.transcripts.get(other.showId, other.ana.id)
  t.same([status, reason], ['failed', 'language is not available'])
})

t.test('a node that dies loses nothing, and no audio is sent twice', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp)
  await node.passMs(0)
  t.equal(state.started, 2)
  node.stop()
  const other = await node.addNode()
  await settle(other, showId, ana.id)
  t.equal((await other.transcripts.segmentsOf(showId)).length, 3)
  t.equal(state.started, 2)
})

t.test('two nodes take each step once', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp)
  const other = await node.addNode()
  for (let n = 0; n < 30; n++) await Promise.all([node.passMs(500), other.passMs(500)])
  t.match(await node.transcripts.get(showId, ana.id), { status: 'ready' })
  t.equal(state.started, 2)
  t.equal((await node.transcripts.segmentsOf(showId)).length, 3)
})

t.test('a job that the transcriber lost is sent again, up to three times', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp)
  await node.passMs(0)
  state.jobs.clear()
  await settle(node, showId, ana.id)
  t.equal(state.started, 4)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'ready' })
})

t.test('a transcriber that is away delays transcripts, and nothing is lost', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp)
  for (const failure of ['error', 'html', 'badGateway', 'cut', 'otherForm', 'silent', 'redirect'] as const) {
    state.failures.push(failure)
  }
  const ms = await settle(node, showId, ana.id)
  t.equal((await node.transcripts.segmentsOf(showId)).length, 3)
  t.ok(ms > 60_000, `after ${ms} ms`)
  t.equal(state.jobs.size, 0)
})

t.test('a refused key is told once, jobs wait, and go on with the right key', async t => {
  const { node, showId, state, ana } = await startConversation(t, realApp)
  state.refusesKey = true
  for (let n = 0; n < 100; n++) await node.passMs(10_000)
  t.match(node.lines.filter(({ message }) => message === 'transcriber refused the key').length, 1)
  t.ok(state.calls.length <= 3, `${state.calls.length} calls in 1000 s`)
  await t.rejects(node.check(), { message: 'the transcriber refuses the key' })
  t.match(await node.transcripts.get(showId, ana.id), { status: 'waiting' })
  state.refusesKey = false
  await settle(node, showId, ana.id)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'ready' })
  await node.check()
  t.notMatch(JSON.stringify(node.lines), state.token)
})
