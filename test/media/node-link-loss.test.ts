import { once } from 'node:events'
import t from 'tap'
import type { ShowAudioEvents } from '../../media/show-audio-events.ts'
import { allObjects, carry, openEnds, openTestNodes } from './linked-nodes.ts'
import { closeRtcPeers } from './rtc-peer.ts'
import { nextEvent, openListener, openSpeaker, openTestMedia, presenceOf, rejectionCode, until } from './test-media.ts'

t.teardown(closeRtcPeers)

const kill = (pid: number) => process.kill(pid, 'SIGKILL')

/** Waits for this many turns of the event loop; a worker answers within a few. */
async function waitTurns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(resolve => setImmediate(resolve))
}

t.test('closed links leave no objects on either node', async t => {
  const { origin, edge } = await openTestNodes(t, { workers: 2, listenersPerWorker: 1 })
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  const listeners = [await openListener(edge.audio, 'one'), await openListener(edge.audio, 'two')]
  const round = async () => {
    const ends = await openEnds(origin.audio, edge.audio)
    await Promise.all([1, 2, 3].map(async () => await carry(producerId, ends.origin, ends.edge)))
    for (const listener of listeners) await listener.consume(producerId)
    return ends
  }
  // The pipe between the workers of the edge stays.
  for (const end of Object.values(await round())) end.close()
  const count = async () => [await allObjects(origin), await allObjects(edge)]
  const isQuiet = async () => (await edge.media.counts()).consumers === 0
  await until(isQuiet)
  const before = await count()
  for (let n = 0; n < 5; n++) {
    const ends = await round()
    t.equal(edge.audio.producerCount, 1)
    ends.edge.close()
    ends.edge.close()
    ends.origin.close()
    t.equal(edge.audio.producerCount, 0)
    await until(isQuiet)
  }
  t.same(await count(), before)
})

t.test('a voice that is sent or received while it is stopped leaves no objects', async t => {
  const { origin, edge } = await openTestNodes(t)
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  const ends = await openEnds(origin.audio, edge.audio)
  const before = [await allObjects(origin), await allObjects(edge)]
  const outcomes = new Set<unknown>()
  for (let n = 0; n < 30; n++) {
    const sending = rejectionCode(ends.origin.send(producerId))
    await waitTurns(n % 10)
    await ends.origin.stopSending(producerId)
    outcomes.add(typeof (await sending))
    const voice = await ends.origin.send(producerId)
    const receiving = rejectionCode(ends.edge.receive(voice))
    await waitTurns(n % 10)
    ends.edge.stopReceiving(producerId)
    outcomes.add(typeof (await receiving))
    await ends.origin.stopSending(producerId)
  }
  t.same([...outcomes].sort(), ['object', 'string'], 'both outcomes happened')
  t.same([await allObjects(origin), await allObjects(edge)], before)
})

t.test('a producer that closes while it is sent is not found', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const speaker = await openSpeaker(origin.audio, 'ann')
  t.equal(await rejectionCode(ends.origin.send('unknown')), 'NOT_FOUND')
  const outcomes = new Set<unknown>()
  for (let n = 0; n < 20; n++) {
    const producerId = await speaker.produce()
    const sending = rejectionCode(ends.origin.send(producerId))
    await waitTurns(n % 5)
    speaker.participant.dropProducer(producerId)
    const outcome = await sending
    outcomes.add(typeof outcome === 'string' ? outcome : 'sent')
  }
  t.ok(outcomes.delete('NOT_FOUND'))
  t.same(
    [...outcomes].filter(outcome => outcome !== 'sent'),
    []
  )
})

t.test('a voice that is audible already is not received again', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const others = await openEnds(origin.audio, edge.audio)
  const producerId = await (await openSpeaker(origin.audio, 'ann')).produce()
  await carry(producerId, ends.origin, ends.edge)
  const voice = await others.origin.send(producerId)
  t.equal(await rejectionCode(others.edge.receive(voice)), 'CONFLICT')
  ends.edge.stopReceiving(producerId)
  await others.edge.receive(voice)
  t.same(others.edge.receivedIds, [producerId])
})

t.test('the consumers of a removed remote voice close on all workers', async t => {
  const { origin, edge } = await openTestNodes(t, { workers: 2, listenersPerWorker: 1 })
  const ends = await openEnds(origin.audio, edge.audio)
  const producerId = await (await openSpeaker(origin.audio, 'ann')).produce()
  await carry(producerId, ends.origin, ends.edge)
  const listeners = [await openListener(edge.audio, 'one'), await openListener(edge.audio, 'two')]
  const consumerIds: string[] = []
  for (const listener of listeners) consumerIds.push(await listener.consume(producerId))
  t.equal(edge.audio.consumersOf(producerId), 2)
  ends.edge.stopReceiving(producerId)
  await until(async () => (await edge.media.counts()).consumers === 0)
  for (const [n, { participant }] of listeners.entries()) {
    t.throws(() => participant.closeConsumer(consumerIds[n]!), { code: 'NOT_FOUND' })
  }
})

t.test('the entry worker of a node dies: everybody there is reset, and hears the voice over a new link', async t => {
  const { origin, edge } = await openTestNodes(t, { workers: 2, listenersPerWorker: 1 })
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  const names = ['one', 'two']
  const talker = await openSpeaker(edge.audio, 'talker')
  const own = await talker.produce()
  const ends = await openEnds(origin.audio, edge.audio)
  await carry(producerId, ends.origin, ends.edge)
  const listeners = await Promise.all(names.map(async name => await openListener(edge.audio, name)))
  for (const listener of listeners) await listener.consume(producerId)
  await until(() => listeners.every(listener => listener.packetCount(producerId) > 5))

  const [lost, reset, ownLost] = [
    once(ends.edge, 'lost'),
    nextEvent(edge.audio, 'reset'),
    nextEvent(edge.audio, 'producerLost')
  ]
  // A link opens on the first open router.
  kill(edge.workers.find(({ routers }) => routers.has(edge.audio.routers[0]!))!.worker.pid)
  t.same(await lost, [1])
  t.equal(ends.edge.isClosed, true)
  t.equal(edge.audio.hasProducer(producerId), false)
  const [presenceIds] = (await reset) as ShowAudioEvents['reset']
  t.same(presenceIds.sort(), [...names, 'talker'].map(presenceOf).sort(), 'also those on the other worker')
  t.same(await ownLost, ['talker', own])
  t.equal(await rejectionCode(ends.edge.send(own)), 'NOT_FOUND')

  ends.origin.close()
  const again = await openEnds(origin.audio, edge.audio)
  await carry(producerId, again.origin, again.edge)
  const back = await Promise.all(names.map(async name => await openListener(edge.audio, name)))
  for (const listener of back) await listener.consume(producerId)
  await until(() => back.every(listener => listener.packetCount(producerId) > 5))
})

t.test('a worker without a link dies: only its own participants are reset', async t => {
  const { origin, edge } = await openTestNodes(t, { workers: 2, listenersPerWorker: 1 })
  const producerId = await (await openSpeaker(origin.audio, 'ann')).produce()
  const listeners = [await openListener(edge.audio, 'one'), await openListener(edge.audio, 'two')]
  const ends = await openEnds(origin.audio, edge.audio)
  await carry(producerId, ends.origin, ends.edge)
  for (const listener of listeners) await listener.consume(producerId)
  const far = listeners.find(({ participant }) => participant.showRouter?.router !== edge.audio.routers[0])!
  const reset = nextEvent(edge.audio, 'reset')
  kill(far.participant.showRouter!.mediaWorker.pid)
  t.same((await reset)[0], [far.participant.presenceId])
  t.ok(edge.audio.hasProducer(producerId))
  t.equal(ends.edge.isClosed, false)
})

t.test("the sender's worker dies: its end is lost, and the receiver can close its own", async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const producerId = await (await openSpeaker(origin.audio, 'ann')).produce()
  await carry(producerId, ends.origin, ends.edge)
  const lost = once(ends.origin, 'lost')
  kill(origin.media.workerPids[0]!)
  t.same(await lost, [0])
  t.equal(await ends.origin.packetsSent(producerId), null)
  ends.edge.on('lost', () => t.fail('closed on purpose'))
  ends.edge.close()
  t.equal(edge.audio.hasProducer(producerId), false)
  t.equal(
    await rejectionCode(ends.edge.receive({ producerId, userId: 'ann', paused: false, rtpParameters: { codecs: [] } })),
    'UNAVAILABLE'
  )
})

t.test('resetting all participants of a show reports the producers that are lost', async t => {
  const { audio, media } = await openTestMedia(t)
  const speaker = await openSpeaker(audio, 'ann')
  const producerId = await speaker.produce()
  await (await openListener(audio, 'listener')).consume(producerId)
  const [lost, reset] = [nextEvent(audio, 'producerLost'), nextEvent(audio, 'reset')]
  await audio.resetAll('voice moved')
  t.same(await lost, ['ann', producerId])
  t.match(await reset, [[presenceOf('ann'), presenceOf('listener')], audio.rtpCapabilities, 'voice moved'])
  t.match(await media.counts(), { transports: 0, producers: 0, consumers: 0, workers: [{ participants: 2 }] })
})

t.test('a link that opens while the show closes or its worker dies is refused', async t => {
  const { media, audio } = await openTestMedia(t)
  const [pid] = media.workerPids
  const opening = rejectionCode(audio.openLink())
  kill(pid!)
  const outcome = await opening
  t.ok(outcome === 'UNAVAILABLE' || typeof outcome === 'object', 'opened before the kill, or refused')
  await until(() => media.hasWorker && media.workerPids[0] !== pid)
  const link = await audio.openLink()
  const closing = rejectionCode(audio.openLink())
  await media.closeShow('show')
  t.equal(link.isClosed, true)
  t.equal(await closing, 'UNAVAILABLE')
  t.equal(await rejectionCode(audio.openLink()), 'SHOW_ENDED')
  t.match(await media.counts(), { routers: 0, transports: 0 })
})
