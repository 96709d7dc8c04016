import t from 'tap'
import { createFoldedShow, fold } from '../../../../plugins/app/analytics/fold-analytics.ts'
import { summarise } from '../../../../plugins/app/analytics/summary.ts'
import { until } from '../../../realtime/real-app.ts'
import { creator, guest, listeners } from '../../../realtime/room/people.ts'
import { ask, receivedBy, startNodes, type Nodes } from '../../../realtime/cluster/nodes.ts'
import type { FakeSocket } from '../../../realtime/live/fake-sockets.ts'

const second = 1000
const minute = 60 * second
/** The clock of the nodes under test begins here. */
const startedAt = 1_000_000
const [ann, bob, cleo] = listeners

function summaryOf({ store, showId }: Nodes) {
  const { records, audience } = store.data.get(showId)!
  const folded = createFoldedShow()
  for (const record of records) fold(folded, { stream: 'log', ...record })
  for (const record of audience) fold(folded, { stream: 'audience', ...record })
  return summarise(folded, { startedAt: 0, endMs: null })
}

async function talk(show: Nodes, socket: FakeSocket, node: number): Promise<void> {
  const { id: transportId } = await ask(socket, 'media:createTransport', { direction: 'send' })
  const { producerId } = await ask(socket, 'media:produce', {
    transportId,
    kind: 'audio',
    rtpParameters: { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }] }
  })
  const { userId } = socket.data.identity
  const room = show.nodes[node]!.rooms.find(show.showId)!
  await room.command({ kind: 'system' }, { type: 'server:voiceHeard', userId, producerId })
}

t.test('a show on two nodes whose home moves gives exact numbers', async t => {
  const show = await startNodes(t)
  const { nodes, showId, store } = show
  const [a, b] = nodes
  const wait = (ms: number) => {
    for (const node of nodes) node.advanceClock(ms)
  }
  const { audience } = store.data.get(showId)!
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId })
  const annSocket = b!.connect(ann)
  await ask(annSocket, 'show:join', { showId, source: 'link' })
  await ask(a!.connect(bob), 'show:join', { showId, source: 'discover' })
  await talk(show, host, 0)

  wait(30 * second)
  const guestSocket = a!.connect(guest)
  await ask(guestSocket, 'show:join', { showId })
  await ask(annSocket, 'speak:request', { reason: 'a question' })
  const cleoSocket = a!.connect(cleo)
  await ask(cleoSocket, 'show:join', { showId, source: 'follow' })
  const { requestId } = await ask(cleoSocket, 'speak:request', { reason: 'me too' })
  for (let i = 0; i < 3; i++) await ask(annSocket, 'comment:send', { clientId: `c${i}`, text: 'hello' })
  for (const socket of [annSocket, annSocket, guestSocket]) await ask(socket, 'reaction:send', { emoji: '👏' })
  await until(() => receivedBy(host).includes('reactions'))
  await until(() => audience.some(({ event }) => event.type === 'reactions:counted'))

  wait(10 * second)
  await ask(host, 'speak:answer', { requestId: 'r1', accept: true })
  await ask(host, 'speak:answer', { requestId, accept: false })
  await until(() => receivedBy(annSocket).includes('floor:granted'))
  await talk(show, annSocket, 0)
  wait(20 * second)
  await ask(host, 'mute:set', { userId: ann, muted: true })
  guestSocket.disconnect()
  await until(() => a!.rooms.find(showId)!.state.listenerCount === 3)
  wait(40 * second)
  await ask(b!.connect(guest), 'show:join', { showId })

  await a!.nodeRooms.handOverAll()
  await until(() => b!.rooms.find(showId) !== undefined)
  wait(20 * second)
  // A second device of a listener is no join. The speaker stays muted.
  const annAgain = b!.connect(ann)
  await ask(annAgain, 'show:join', { showId })
  await talk(show, annAgain, 1)
  await ask(annAgain, 'mute:set', { userId: ann, muted: false })
  wait(2 * minute)
  cleoSocket.disconnect()
  await until(() => b!.rooms.find(showId)!.state.listenerCount === 3)
  wait(2 * minute)
  await b!.rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:end' })
  await until(() => store.data.get(showId)!.status === 'ended')
  await until(() => audience.filter(({ event }) => event.type === 'listener:left').length >= 2)

  const summary = summaryOf(show)
  const durationMs = 6 * minute
  t.match(summary, { startedAt, endMs: startedAt + durationMs, comments: 3, isTruncated: false })
  t.match(summary.audience, {
    listeners: 4,
    guests: 1,
    peak: 4,
    joins: 4,
    leaves: 1,
    cameBack: 0,
    sources: { link: 1, follow: 1, discover: 1, unknown: 1 },
    reactions: 3,
    averageStayMs: (2 * durationMs + (durationMs - 30 * second) + 210 * second) / 4
  })
  t.same(summary.requests, {
    requested: 2,
    accepted: 1,
    rejected: 1,
    withdrawn: 0,
    averageWaitMs: 10 * second,
    medianWaitMs: 10 * second
  })
  const talkOf = (userId: string) => summary.speakers.find(speaker => speaker.userId === userId)
  t.match(talkOf(creator), { talkMs: durationMs, spans: [[startedAt, startedAt + durationMs]] })
  t.match(talkOf(ann), {
    talkMs: 20 * second + 4 * minute,
    spans: [
      [startedAt + 40 * second, startedAt + minute],
      [startedAt + 2 * minute, startedAt + durationMs]
    ]
  })
  t.equal(summary.talkMs, durationMs + 20 * second + 4 * minute)
  t.same([...a!.faults, ...b!.faults], [])
})

t.test('a show of a day with 10,000 listeners folds in less than five seconds', async t => {
  const folded = createFoldedShow()
  const dayMs = 24 * 60 * minute
  const count = 400_000
  let [logSeq, audienceSeq] = [1, 1]
  const log = (at: number, event: Parameters<typeof folded.log.add>[0]['event']) =>
    fold(folded, { stream: 'log', seq: logSeq++, at, event })
  const beganAtMs = performance.now()
  log(startedAt, { type: 'show:started' })
  fold(folded, { stream: 'audience', seq: audienceSeq++, at: startedAt, event: { type: 'audience:opened' } })
  for (let i = 0; i < count; i++) {
    const at = startedAt + Math.round((i * dayMs) / count)
    const person = `pseudonym-${i % 10_000}`.padEnd(22, 'x')
    const isJoin = Math.floor(i / 10_000) % 2 === 0
    fold(folded, {
      stream: 'audience',
      seq: audienceSeq++,
      at,
      event: isJoin
        ? { type: 'listener:joined', person, guest: false, source: null }
        : { type: 'listener:left', person }
    })
    if (i % 40 === 0) log(at, { type: 'mute:changed', userId: `speaker-${i % 10}`, muted: i % 80 === 0, by: null })
  }
  log(startedAt + dayMs, { type: 'show:ended', reason: 'ended' })
  const summary = summarise(folded, { startedAt, endMs: null })
  const tookMs = performance.now() - beganAtMs
  t.comment(`folded ${count} records in ${Math.round(tookMs)} ms`)
  t.match(summary.audience, { listeners: 10_000, joins: count / 2, leaves: count / 2 })
  t.equal(summary.minutes.listeners.length, 24 * 60 + 1)
  t.ok(tookMs < 5_000, `took ${Math.round(tookMs)} ms`)
})
