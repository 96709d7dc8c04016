import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { ShowAudioEvents } from '../../../media/show-audio-events.ts'
import { CodedError } from '../../../contract/errors.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { createSong, fromStart } from '../../media/song-reception.ts'
import {
  nextEvent,
  openListener,
  openSpeaker,
  playSong,
  presenceOf,
  rejectionCode,
  until
} from '../../media/test-media.ts'
import { createFakePeers } from './fake-peers.ts'
import { openSilentPort, openTestNode } from './linked-shows.ts'

t.teardown(closeRtcPeers)

async function openNodes(t: Test, options: Parameters<typeof openTestNode>[3] = {}) {
  const network = createFakePeers()
  return { network, a: await openTestNode(t, network, 'a'), b: await openTestNode(t, network, 'b', options) }
}

t.test('a voice is received when it is needed, once for all who need it', async t => {
  const { network, a, b } = await openNodes(t)
  const speaker = await openSpeaker(a.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  await Promise.all(Array.from({ length: 20 }, async () => await b.links.ensure(producerId, 'a')))
  await b.links.ensure(producerId, 'a')
  t.same(
    network.questions.map(({ kind }) => kind),
    ['link:open', 'voice:send']
  )
  const listener = await openListener(b.audio, 'listener')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 10)

  const song = (await playSong(a.audio.song, fromStart(createSong())))!
  await b.links.ensure(song, 'a')
  await listener.consume(song)
  await until(() => listener.packetCount(song) > 10)
  t.same(
    network.questions.map(({ kind }) => kind),
    ['link:open', 'voice:send', 'voice:send'],
    'over the same link'
  )
  t.same(
    [a.linking.counts(), b.linking.counts()],
    [
      { receiving: 0, sending: 1 },
      { receiving: 1, sending: 0 }
    ]
  )
})

t.test('two nodes that need voices of each other at the same moment have two links', async t => {
  const { a, b } = await openNodes(t)
  const [ann, bob] = [await openSpeaker(a.audio, 'ann'), await openSpeaker(b.audio, 'bob')]
  const [fromAnn, fromBob] = [await ann.produce(), await bob.produce()]
  ann.startTalking()
  bob.startTalking()
  await Promise.all([b.links.ensure(fromAnn, 'a'), a.links.ensure(fromBob, 'b')])
  const [atA, atB] = [await openListener(a.audio, 'at a'), await openListener(b.audio, 'at b')]
  await Promise.all([atA.consume(fromBob), atB.consume(fromAnn)])
  await until(() => atA.packetCount(fromBob) > 10 && atB.packetCount(fromAnn) > 10)
  t.same(
    [a.linking.counts(), b.linking.counts()],
    [
      { receiving: 1, sending: 1 },
      { receiving: 1, sending: 1 }
    ]
  )
})

t.test('voices that do not exist are not found, and own ones need no link', async t => {
  const { network, a, b } = await openNodes(t)
  t.equal(await rejectionCode(b.links.ensure('unknown', 'a')), 'NOT_FOUND')
  t.equal(await rejectionCode(b.links.ensure('unknown', 'b')), 'NOT_FOUND')
  t.equal(await rejectionCode(b.links.ensure('unknown', 'nobody')), 'UNAVAILABLE')
  const own = await (await openSpeaker(b.audio, 'bob')).produce()
  const before = network.questions.length
  await b.links.ensure(own, 'b')
  t.equal(network.questions.length, before)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  t.same(b.warnings, [])
})

t.test('the keys of a link do not cross the bus in the clear, and another key opens nothing', async t => {
  const { network, a, b } = await openNodes(t, { secret: 'y'.repeat(32) })
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  t.equal(await rejectionCode(b.links.ensure(producerId, 'a')), 'UNAVAILABLE')
  t.match(JSON.stringify(b.warnings.map(args => (args as [{ err: CodedError }])[0].err.code)), 'FORBIDDEN')
  const sent = JSON.stringify(network.questions)
  for (const word of ['keyBase64', 'srtp', 'AEAD', '127.0.0.1']) t.notMatch(sent, word)
  t.same(a.linking.counts().sending, 0)
  t.equal((await a.media.counts()).transports, 1, "the speaker's")
  t.equal((await b.media.counts()).transports, 0)
})

t.test('an offer is refused for another link, show or node', async t => {
  const network = createFakePeers()
  const [a, b] = [await openTestNode(t, network, 'a'), await openTestNode(t, network, 'b')]
  const c = network.join('c')
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  const body = network.questions[0]!.body as { linkId: string; offer: unknown }
  const peers = network.join('b')
  const ask = async (from: typeof peers, change: object) =>
    await rejectionCode(from.ask('a', 'link:open', { ...body, ...change }, 1000))
  t.equal(await ask(c, {}), 'FORBIDDEN', 'another node')
  t.equal(await ask(peers, { linkId: 'other' }), 'FORBIDDEN')
  t.equal(await ask(peers, { showId: 'other' }), 'SHOW_NOT_LIVE')
  t.equal(await ask(peers, {}), 'CONFLICT', 'the link is open')
  t.equal(await ask(peers, { offer: { kid: 'key', box: 'x'.repeat(3000) } }), 'VALIDATION')
  t.equal(
    await rejectionCode(c.ask('a', 'voice:send', { showId: 'show', linkId: body.linkId, producerId, origin: 'a' }, 1)),
    'CONFLICT'
  )
})

t.test('a voice that nobody hears is stopped after 10 s, the origin first, and then its link', async t => {
  const { network, a, b } = await openNodes(t)
  const speaker = await openSpeaker(a.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  await b.links.ensure(producerId, 'a')
  const listener = await openListener(b.audio, 'listener')
  const consumerId = await listener.consume(producerId)
  b.passTime(20_000)
  await sleep(1500)
  t.ok(b.audio.hasProducer(producerId), 'somebody hears it')

  const wasAudible: boolean[] = []
  network.onAnswer = ({ kind }) => {
    if (kind === 'voice:stop') wasAudible.push(b.audio.hasProducer(producerId))
  }
  listener.participant.closeConsumer(consumerId)
  b.passTime(9000)
  await sleep(10)
  t.ok(b.audio.hasProducer(producerId))
  b.passTime(1100)
  await until(() => !b.audio.hasProducer(producerId))
  t.same(wasAudible, [true])
  t.equal((await a.media.counts()).consumers, 0)

  await b.links.ensure(producerId, 'a')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 10)
  t.equal(network.questions.filter(({ kind }) => kind === 'link:open').length, 1, 'over the same link again')
  b.links.gone(producerId)
  b.passTime(20_000)
  await until(() => a.linking.counts().sending === 0 && b.linking.counts().receiving === 0)
  t.equal((await b.media.counts()).transports, 1, "the listener's")
})

t.test('a voice that is needed while it is stopped is received again', async t => {
  const { network, a, b } = await openNodes(t)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  network.onAnswer = async ({ kind }) => {
    if (kind !== 'voice:stop') return
    asked.resolve()
    await answered.promise
  }
  b.passTime(20_000)
  await asked.promise
  const needed = b.links.ensure(producerId, 'a')
  answered.resolve()
  await needed
  t.ok(b.audio.hasProducer(producerId))
  t.equal((await a.media.counts()).consumers, 1)
})

t.test('a stop whose answer is lost is repeated before the voice is received again', async t => {
  const { network, a, b } = await openNodes(t)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  const lost = Promise.withResolvers<void>()
  network.onAnswer = ({ kind }) => {
    if (kind !== 'voice:stop') return
    lost.resolve()
    throw new CodedError('UNAVAILABLE', 'The answer is lost.')
  }
  b.passTime(20_000)
  await lost.promise
  t.equal(await rejectionCode(b.links.ensure(producerId, 'a')), 'UNAVAILABLE')
  network.onAnswer = () => {}
  await b.links.ensure(producerId, 'a')
  t.equal((await a.media.counts()).consumers, 1, 'the origin sends it again')
})

t.test('a voice that leaves the stage while it is fetched is not found, and nothing stays', async t => {
  const { network, a, b } = await openNodes(t)
  const speaker = await openSpeaker(a.audio, 'ann')
  const producerId = await speaker.produce()
  await b.links.ensure(await (await openSpeaker(a.audio, 'bob')).produce(), 'a')
  for (const moment of ['onQuestion', 'onAnswer'] as const) {
    network[moment] = ({ kind }) => {
      if (kind === 'voice:send') b.links.gone(producerId)
    }
    t.equal(await rejectionCode(b.links.ensure(producerId, 'a')), 'NOT_FOUND', moment)
    network[moment] = () => {}
    t.notOk(b.audio.hasProducer(producerId))
    await until(async () => (await a.media.counts()).consumers === 1)
  }
  t.equal((await b.media.counts()).producers, 1)
})

t.test('a lost node: its voices vanish at once, and it keeps hearing for 60 s', async t => {
  const { a, b } = await openNodes(t)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  b.audio.addRemoteLevels('a', [{ userId: 'ann', volume: -20 }])
  b.linking.nodeLost('a')
  t.notOk(b.audio.hasProducer(producerId))
  t.same(b.linking.counts().receiving, 0)
  a.linking.nodeLost('b')
  t.equal(a.linking.counts().sending, 1)
  await b.links.ensure(producerId, 'a')
  t.ok(b.audio.hasProducer(producerId), 'it was cut from the bus only')
})

t.test("the origin's worker dies: a new link is opened, and nobody is reset for voices that died with it", async t => {
  const { a, b } = await openNodes(t)
  const speaker = await openSpeaker(a.audio, 'ann')
  const producerId = await speaker.produce()
  await b.links.ensure(producerId, 'a')
  await (await openListener(b.audio, 'listener')).consume(producerId)
  b.audio.on('reset', () => t.fail('reset'))
  const reset = nextEvent(a.audio, 'reset')
  process.kill(a.media.workerPids[0]!, 'SIGKILL')
  await until(() => !b.audio.hasProducer(producerId) && b.linking.counts().receiving === 0)
  await reset
  const again = await openSpeaker(a.audio, 'ann')
  const secondId = await again.produce()
  again.startTalking()
  await b.links.ensure(secondId, 'a')
  const listener = await openListener(b.audio, 'another')
  await listener.consume(secondId)
  await until(() => listener.packetCount(secondId) > 10)
})

t.test('the end of the origin dies, and the voice lives: its listeners are reset and hear it again', async t => {
  const network = createFakePeers()
  const a = await openTestNode(t, network, 'a', { media: { workers: 2, listenersPerWorker: 1 } })
  const b = await openTestNode(t, network, 'b')
  await openListener(a.audio, 'first')
  const speaker = await openSpeaker(a.audio, 'ann')
  t.not(speaker.participant.showRouter!.router, a.audio.routers[0], 'links end on the other worker')
  const producerId = await speaker.produce()
  speaker.startTalking()
  await b.links.ensure(producerId, 'a')
  const listener = await openListener(b.audio, 'listener')
  await listener.consume(producerId)
  const reset = nextEvent(b.audio, 'reset')
  process.kill(a.workers.find(({ routers }) => routers.has(a.audio.routers[0]!))!.worker.pid, 'SIGKILL')
  t.same(((await reset) as ShowAudioEvents['reset'])[0], [presenceOf('listener')])
  const back = await openListener(b.audio, 'listener')
  await b.links.ensure(producerId, 'a')
  await back.consume(producerId)
  await until(() => back.packetCount(producerId) > 10)
})

t.test("this node's worker dies: the origin closes its end", async t => {
  const { a, b } = await openNodes(t)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  const [pid] = b.media.workerPids
  process.kill(pid!, 'SIGKILL')
  await until(() => a.linking.counts().sending === 0)
  await until(() => b.media.hasWorker && b.media.workerPids[0] !== pid)
  await b.links.ensure(producerId, 'a')
  t.ok(b.audio.hasProducer(producerId))
})

t.test('the origin forgot the link: listeners are reset, and it is opened again', async t => {
  const { a, b } = await openNodes(t)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  await (await openListener(b.audio, 'listener')).consume(producerId)
  a.linking.close()
  const other = await (await openSpeaker(a.audio, 'bob')).produce()
  const reset = nextEvent(b.audio, 'reset')
  t.equal(await rejectionCode(b.links.ensure(other, 'a')), 'UNAVAILABLE')
  t.same(((await reset) as ShowAudioEvents['reset'])[0], [presenceOf('listener')])
  await b.links.ensure(producerId, 'a')
  t.ok(b.audio.hasProducer(producerId))
})

t.test('links that are closed leave no objects on either node', async t => {
  const { network, a, b } = await openNodes(t)
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  const before = [await a.media.counts(), await b.media.counts()]
  for (let n = 0; n < 3; n++) {
    const links = b.linking.open({ showId: 'show', audio: b.audio, onSilent() {} })
    await links.ensure(producerId, 'a')
    links.close()
    t.equal(await rejectionCode(links.ensure(producerId, 'a')), 'UNAVAILABLE')
    await until(() => a.linking.counts().sending === 0)
  }
  for (const kind of ['link:open', 'voice:send']) {
    const links = b.linking.open({ showId: 'show', audio: b.audio, onSilent() {} })
    network.onAnswer = question => {
      if (question.kind === kind) links.close()
    }
    t.ok(['UNAVAILABLE', 'NOT_FOUND'].includes(String(await rejectionCode(links.ensure(producerId, 'a')))), kind)
    network.onAnswer = () => {}
    await until(() => a.linking.counts().sending === 0)
  }
  t.same([await a.media.counts(), await b.media.counts()], before)
})

t.test('a muted voice is not reported as silent, and is asked about every 3 s only', async t => {
  const { network, a, b } = await openNodes(t)
  const [ann, bob] = [await openSpeaker(a.audio, 'ann'), await openSpeaker(a.audio, 'bob')]
  const [talking, muted] = [await ann.produce(), await bob.produce(true)]
  for (const speaker of [ann, bob]) speaker.startTalking()
  await Promise.all([b.links.ensure(talking, 'a'), b.links.ensure(muted, 'a')])
  await sleep(5500)
  const checks = network.questions.filter(({ kind }) => kind === 'voice:check')
  t.ok(checks.length >= 2 && checks.length <= 4, `${checks.length} questions`)
  for (const { body } of checks) t.match(body, { producerIds: [muted] })
  await bob.participant.setMuted(false)
  await sleep(2500)
  t.same(b.silent, [])
})

t.test('voices that the origin sends and that do not arrive are reported once', async t => {
  const { a, b } = await openNodes(t, { wrongPort: { to: 'a', port: await openSilentPort(t) } })
  const [ann, bob] = [await openSpeaker(a.audio, 'ann'), await openSpeaker(a.audio, 'bob')]
  const [talking, muted] = [await ann.produce(), await bob.produce(true)]
  ann.startTalking()
  bob.startTalking(80, 400)
  await Promise.all([b.links.ensure(talking, 'a'), b.links.ensure(muted, 'a')])
  const startMs = performance.now()
  await until(() => b.silent.length > 0)
  const tookMs = performance.now() - startMs
  t.ok(tookMs >= 2900 && tookMs < 6000, `after ${tookMs} ms`)
  t.same(b.silent, [talking])
  await bob.participant.setMuted(false)
  await until(() => b.silent.length > 1)
  await sleep(2500)
  t.same(b.silent, [talking, muted], 'also one in packets of DTX')
})
