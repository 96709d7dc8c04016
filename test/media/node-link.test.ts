import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import { carry, openEnds, openTestNodes } from './linked-nodes.ts'
import { closeRtcPeers, opusReceiveCapabilities } from './rtc-peer.ts'
import { createSong, fromStart } from './song-reception.ts'
import { nextEvent, openListener, openSpeaker, openTestMedia, playSong, rejectionCode, until } from './test-media.ts'

t.teardown(closeRtcPeers)

t.test('a voice is heard on another node under the same producer id, in both directions', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const ann = await openSpeaker(origin.audio, 'ann')
  const bob = await openSpeaker(edge.audio, 'bob')
  const [fromAnn, fromBob] = [await ann.produce(), await bob.produce()]
  t.equal(
    await rejectionCode(bob.participant.consume({ producerId: fromAnn, rtpCapabilities: opusReceiveCapabilities })),
    'NOT_FOUND'
  )
  await Promise.all([carry(fromAnn, ends.origin, ends.edge), carry(fromBob, ends.edge, ends.origin)])
  ann.startTalking()
  bob.startTalking()
  const atEdge = await openListener(edge.audio, 'at edge')
  const atOrigin = await openListener(origin.audio, 'at origin')
  await Promise.all([atEdge.consume(fromAnn), atOrigin.consume(fromBob), atOrigin.consume(fromAnn)])
  await until(() => atEdge.packetCount(fromAnn) > 20 && atOrigin.packetCount(fromBob) > 20)
  t.ok(atOrigin.packetCount(fromAnn) > 0)
  t.ok(edge.audio.hasProducer(fromAnn))
  t.equal(edge.audio.consumersOf(fromAnn), 1)
})

t.test('a consumer of a remote voice answers with its speaker', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const producerId = await (await openSpeaker(origin.audio, 'ann')).produce()
  await carry(producerId, ends.origin, ends.edge)
  const { participant } = await openListener(edge.audio, 'listener')
  const answer = await participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities })
  t.match(answer, { producerId, userId: 'ann', kind: 'audio' })
})

t.test('the song of one node is heard on the other', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const producerId = (await playSong(origin.audio.song, fromStart(createSong())))!
  const voice = await ends.origin.send(producerId)
  t.equal(voice.userId, null)
  await ends.edge.receive(voice)
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 20)
})

t.test('a voice goes on to a third node with its id', async t => {
  const { origin, edge } = await openTestNodes(t)
  const third = await openTestMedia(t)
  const first = await openEnds(origin.audio, edge.audio)
  const second = await openEnds(edge.audio, third.audio)
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  await carry(producerId, first.origin, first.edge)
  await carry(producerId, second.origin, second.edge)
  speaker.startTalking()
  const listener = await openListener(third.audio, 'listener')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 20)
})

t.test('voices spread over the workers of both nodes, through one link', async t => {
  const origin = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const edge = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const speakers = [await openSpeaker(origin.audio, 'ann'), await openSpeaker(origin.audio, 'bob')]
  const listeners = [await openListener(edge.audio, 'one'), await openListener(edge.audio, 'two')]
  const workersOf = (participants: typeof speakers | typeof listeners) =>
    new Set(participants.map(({ participant }) => participant.showRouter!.mediaWorker)).size
  t.same([workersOf(speakers), workersOf(listeners)], [2, 2])
  const ends = await openEnds(origin.audio, edge.audio)
  for (const speaker of speakers) {
    const producerId = await speaker.produce()
    speaker.startTalking()
    await carry(producerId, ends.origin, ends.edge)
    for (const listener of listeners) await listener.consume(producerId)
    await until(() => listeners.every(listener => listener.packetCount(producerId) > 10))
  }
})

t.test('no packet of a muted voice leaves its node, and the receiver needs to do nothing', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce(true)
  const voice = await ends.origin.send(producerId)
  t.equal(voice.paused, true)
  await ends.edge.receive(voice)
  speaker.startTalking()
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  await sleep(300)
  t.equal(await ends.origin.packetsSent(producerId), 0)

  await speaker.participant.setMuted(false)
  await until(() => listener.packetCount(producerId) > 10)
  await speaker.participant.setMuted(true)
  const sent = await ends.origin.packetsSent(producerId)
  await sleep(300)
  t.equal(await ends.origin.packetsSent(producerId), sent)
})

t.test('a voice is sent, stopped and sent again over the same link', async t => {
  const { origin, edge } = await openTestNodes(t, { workers: 2, listenersPerWorker: 1 })
  const ends = await openEnds(origin.audio, edge.audio)
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  for (const isOtherOrder of [false, false, true, false]) {
    await carry(producerId, ends.origin, ends.edge)
    const listeners = [await openListener(edge.audio, 'one'), await openListener(edge.audio, 'two')]
    for (const listener of listeners) await listener.consume(producerId)
    await until(() => listeners.every(listener => listener.packetCount(producerId) > 10))
    if (isOtherOrder) ends.edge.stopReceiving(producerId)
    await ends.origin.stopSending(producerId)
    ends.edge.stopReceiving(producerId)
    t.equal(edge.audio.hasProducer(producerId), false)
    for (const name of ['one', 'two']) edge.audio.leave(`presence of ${name}`)
  }
})

t.test('a voice that comes back at once can be consumed on every worker', async t => {
  const { origin, edge } = await openTestNodes(t, { workers: 2, listenersPerWorker: 1 })
  const ends = await openEnds(origin.audio, edge.audio)
  const others = await openEnds(origin.audio, edge.audio)
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  const [early, late] = [
    ['one', 'two'],
    ['three', 'four']
  ].map(async names => await Promise.all(names.map(async name => await openListener(edge.audio, name))))
  await carry(producerId, ends.origin, ends.edge)
  for (const listener of await early!) await listener.consume(producerId)
  const again = await others.origin.send(producerId)
  const listeners = await late!

  ends.edge.stopReceiving(producerId)
  await others.edge.receive(again)
  await Promise.all(listeners.map(async listener => await listener.consume(producerId)))
  await until(() => listeners.every(listener => listener.packetCount(producerId) > 10))
})

t.test('a link carries nothing without the right key', async t => {
  const { origin, edge } = await openTestNodes(t)
  const [from, to] = [await origin.audio.openLink(), await edge.audio.openLink()]
  const { srtpParameters, ...address } = to.offer
  const { cryptoSuite } = srtpParameters
  const keyBase64 = Buffer.alloc(44, 7).toString('base64')
  t.equal(cryptoSuite, 'AEAD_AES_256_GCM')
  t.not(srtpParameters.keyBase64, from.offer.srtpParameters.keyBase64, 'each end has its own key')
  await from.connect(to.offer)
  await to.connect({ ...from.offer, srtpParameters: { cryptoSuite, keyBase64 } })
  t.equal(await rejectionCode(from.connect({ ...address, srtpParameters })), 'CONFLICT')
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  await carry(producerId, from, to)
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  await until(async () => ((await from.packetsSent(producerId)) ?? 0) > 30)
  t.equal(listener.packetCount(producerId), 0)
  const silentMs = to.silentForMs(producerId)!
  t.ok(silentMs > 500 && silentMs < 5000, `silent for ${silentMs} ms`)
  t.equal(to.silentForMs('unknown'), undefined)
})

t.test('a link connects to a host name, and not to an unknown one', async t => {
  const { origin, edge } = await openTestNodes(t, { linkAddress: 'localhost' })
  const ends = await openEnds(origin.audio, edge.audio)
  t.equal(ends.edge.offer.address, 'localhost')
  const other = await origin.audio.openLink()
  const unknown = { ...ends.edge.offer, address: 'nowhere.invalid' }
  t.equal(await rejectionCode(other.connect(unknown)), 'UNAVAILABLE')
})

t.test('links take their ports from the range, and more links than ports are refused', async t => {
  const linkPorts = { min: 42_100, max: 42_102 }
  const { audio } = await openTestMedia(t, { linkPorts })
  const links = [await audio.openLink(), await audio.openLink(), await audio.openLink()]
  t.same(links.map(({ offer }) => offer.port).sort(), [42_100, 42_101, 42_102])
  t.equal(await rejectionCode(audio.openLink()), 'UNAVAILABLE')
  links[1]!.close()
  t.equal((await audio.openLink()).offer.port, links[1]!.offer.port)
})

t.test('the levels of a remote voice come from its own node only', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const reports: SpeakingLevel[][] = []
  const own: SpeakingLevel[][] = []
  edge.audio.on('speaking', levels => reports.push(levels))
  edge.audio.on('ownSpeaking', levels => own.push(levels))
  const latest = () => Object.fromEntries((reports.at(-1) ?? []).map(({ userId, volume }) => [userId, volume]))
  const ann = await openSpeaker(origin.audio, 'ann', { levelDb: -20 })
  const producerId = await ann.produce()
  await carry(producerId, ends.origin, ends.edge)
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  ann.startTalking()
  await nextEvent(origin.audio, 'speaking')
  await until(() => listener.packetCount(producerId) > 60)
  t.same(reports, [], 'more than an interval of packets, and nothing observed at the edge')

  origin.audio.on('ownSpeaking', levels => edge.audio.addRemoteLevels('origin', levels))
  const bob = await openSpeaker(edge.audio, 'bob', { levelDb: -30 })
  await bob.produce()
  bob.startTalking()
  await until(() => latest().ann === -20 && latest().bob === -30)
  t.same(new Set(own.flat().map(({ userId }) => userId)), new Set(['bob']))

  origin.audio.removeAllListeners('ownSpeaking')
  edge.audio.addRemoteLevels('origin', [{ userId: 'ann', volume: -10 }])
  edge.audio.removeRemoteLevels('origin')
  await until(() => !('ann' in latest()) && latest().bob === -30)
  edge.audio.addRemoteLevels('lost', [{ userId: 'carl', volume: -10 }])
  await until(() => latest().carl === -10)
  await until(() => !('carl' in latest()))
  t.pass('the levels of a node that says nothing more expire')
})

t.test('a muted remote voice is no sound: the first packet is not waited for', async t => {
  const { origin, edge } = await openTestNodes(t)
  const ends = await openEnds(origin.audio, edge.audio)
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce(true)
  speaker.startTalking()
  await carry(producerId, ends.origin, ends.edge)
  const waits: number[] = []
  edge.audio.on('firstPacket', waitedMs => waits.push(waitedMs))
  const join = async (name: string) => {
    await edge.audio.join({ presenceId: `presence of ${name}`, userId: name, requestedAtMs: performance.now() })
    const listener = await openListener(edge.audio, name)
    await listener.consume(producerId)
    return listener
  }
  const early = await join('early')
  await speaker.participant.setMuted(false)
  await until(() => early.packetCount(producerId) > 10)
  t.same(waits, [])
  const late = await join('late')
  await until(() => late.packetCount(producerId) > 10 && waits.length === 1)
})
