import t from 'tap'
import type { Participant } from '../../media/participant.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters, startRtcPeer } from './rtc-peer.ts'
import {
  nextEvent,
  openListener,
  openSpeaker,
  openTestMedia,
  presenceOf,
  rejectionCode,
  until,
  type TestMedia
} from './test-media.ts'

t.teardown(closeRtcPeers)

const rtpCapabilities = opusReceiveCapabilities

/** Returns the objects of all workers, as the workers report them and as we count them. */
async function allObjects({ media, workers }: TestMedia) {
  return { counts: await media.counts(), ids: await Promise.all(workers.map(async worker => await worker.ids())) }
}

/** Waits for this many turns of the event loop; a worker answers within a few. */
async function waitTurns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(resolve => setImmediate(resolve))
}

let lastSsrc = 100_000

/** Operations of a participant that may be in progress when it leaves. */
const operations: Record<string, (audio: ShowAudio, presenceId: string, producerId: string) => Promise<unknown>> = {
  async createTransport(audio, presenceId) {
    const participant = await audio.join({ presenceId, userId: presenceId })
    const created = await Promise.allSettled([participant.createTransport('send'), participant.createTransport('recv')])
    // Only now both are over.
    for (const result of created) if (result.status === 'rejected') throw result.reason
  },
  async produce(audio, presenceId) {
    const participant = await audio.join({ presenceId, userId: presenceId })
    const { id: transportId } = await participant.createTransport('send')
    const ownProducerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(++lastSsrc) })
    await participant.admitProducer(ownProducerId, false)
    await participant.closeProducer()
  },
  async consume(audio, presenceId, producerId) {
    const participant = await audio.join({ presenceId, userId: presenceId })
    await participant.createTransport('recv')
    const { id } = await participant.consume({ producerId, rtpCapabilities })
    await participant.resumeConsumer(id)
  }
}

/** The error codes that an interrupted operation may reject with. */
const expectedCodes = ['UNAVAILABLE', 'NOT_FOUND', 'NOT_IN_SHOW', 'CONFLICT']

for (const workers of [1, 2]) {
  for (const [name, operation] of Object.entries(operations)) {
    t.test(`${name}, interrupted at 100 points on ${workers} worker(s), leaves no objects`, async t => {
      const testMedia = await openTestMedia(t, { workers, listenersPerWorker: 1 })
      const { audio } = testMedia
      const speaker = await openSpeaker(audio, 'speaker')
      const producerId = await speaker.produce()
      // The pipe to the second worker stays as long as the show.
      await operation(audio, 'first', producerId)
      audio.leave('first')
      const before = await allObjects(testMedia)

      const outcomes = new Set<unknown>()
      for (let n = 0; n < 100; n++) {
        const presenceId = `presence ${n}`
        const running = rejectionCode(operation(audio, presenceId, producerId))
        if (n < 10) for (let tick = 0; tick < n; tick++) await null
        else await waitTurns(n % 30)
        audio.leave(presenceId)
        outcomes.add(await running)
      }
      t.same(
        [...outcomes].filter(outcome => typeof outcome === 'string' && !expectedCodes.includes(outcome)),
        []
      )
      t.same(
        [...outcomes].filter(outcome => outcome instanceof Error),
        []
      )
      t.ok(outcomes.has('UNAVAILABLE') || outcomes.has('NOT_IN_SHOW'), 'some were interrupted')
      t.same(await allObjects(testMedia), before)
    })
  }
}

t.test('a participant that leaves just as its transport is created leaves no objects', async t => {
  const testMedia = await openTestMedia(t)
  const { audio } = testMedia
  const before = await allObjects(testMedia)
  for (let ticks = 0; ticks < 12; ticks++) {
    const participant = await audio.join({ presenceId: 'presence', userId: 'user' })
    const router = audio.routers[0]!
    const created = new Promise(resolve => router.observer.once('newtransport', resolve))
    const creating = rejectionCode(participant.createTransport('send'))
    await created
    for (let tick = 0; tick < ticks; tick++) await null
    audio.leave('presence')
    await creating
    t.same(await allObjects(testMedia), before, `after ${ticks} microtasks`)
  }
})

t.test('a producer that closes while others begin to consume it leaves no objects', async t => {
  const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const { audio } = testMedia
  const speaker = await openSpeaker(audio, 'speaker')
  const near = await openListener(audio, 'near')
  const far = await openListener(audio, 'far')
  const first = await speaker.produce()
  await near.consume(first)
  await far.consume(first)
  await speaker.participant.closeProducer()
  await until(async () => (await testMedia.media.counts()).producers === 0)
  const before = await allObjects(testMedia)

  const outcomes = new Set<unknown>()
  for (let n = 0; n < 50; n++) {
    const producerId = await speaker.produce()
    const consuming = [near, far].map(
      async ({ participant }) => await rejectionCode(participant.consume({ producerId, rtpCapabilities }))
    )
    await waitTurns(n % 25)
    await speaker.participant.closeProducer()
    for (const outcome of await Promise.all(consuming)) outcomes.add(typeof outcome === 'object' ? 'consumed' : outcome)
  }
  t.same([...outcomes].sort(), ['NOT_FOUND', 'consumed'])
  await until(async () => (await testMedia.media.counts()).producers === 0)
  t.same(await allObjects(testMedia), before)
})

t.test('200 listeners that join and leave leave no objects', async t => {
  const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 50 })
  const { audio } = testMedia
  const producerId = await (await openSpeaker(audio, 'speaker')).produce()
  const joinAndConsume = async (presenceId: string) => await operations.consume!(audio, presenceId, producerId)
  const early = Array.from({ length: 60 }, (_, n) => `early ${n}`)
  for (const presenceId of early) await joinAndConsume(presenceId)
  for (const presenceId of early) audio.leave(presenceId)
  const before = await allObjects(testMedia)

  const presenceIds = Array.from({ length: 200 }, (_, n) => `presence ${n}`)
  await Promise.all(presenceIds.map(joinAndConsume))
  const { consumers, workers } = (await allObjects(testMedia)).counts
  t.equal(consumers, 200 + workers.length - 1, 'one for each listener, and one pipe to each further worker')
  t.same(workers.map(({ participants }) => participants).sort(), [100, 101], 'placed evenly')
  for (const presenceId of presenceIds) audio.leave(presenceId)
  for (const presenceId of presenceIds) audio.leave(presenceId)
  t.same(await allObjects(testMedia), before)
})

t.test('a transport closes with its producers and consumers, and the lost producer is reported', async t => {
  const testMedia = await openTestMedia(t)
  const { audio, media } = testMedia
  const before = await allObjects(testMedia)
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.produce()
  const listener = await openListener(audio, 'listener')
  const consumerId = await listener.consume(producerId)

  const lost = nextEvent(audio, 'producerLost')
  speaker.participant.closeTransport(speaker.transportId)
  t.same(await lost, ['speaker', producerId])
  await until(async () => (await media.counts()).consumers === 0)
  t.throws(() => listener.participant.closeConsumer(consumerId), { code: 'NOT_FOUND' })
  t.equal(await rejectionCode(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')

  audio.leave(presenceOf('speaker'))
  audio.leave(presenceOf('listener'))
  t.same(await allObjects(testMedia), before)
})

t.test('a peer with the wrong DTLS fingerprint loses its transport, and the lost producer is reported', async t => {
  const { audio, media } = await openTestMedia(t)
  const participant = await audio.join({ presenceId: 'presence', userId: 'speaker' })
  const { id: transportId, ...transport } = await participant.createTransport('send')
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(4) })
  await participant.admitProducer(producerId, false)

  const lost = nextEvent(audio, 'producerLost')
  const peer = await startRtcPeer({ direction: 'send', transport })
  const [{ algorithm, value }] = peer.dtlsParameters.fingerprints as [{ algorithm: 'sha-256'; value: string }]
  const wrongValue = value.startsWith('00') ? `11${value.slice(2)}` : `00${value.slice(2)}`
  await participant.connectTransport(transportId, { role: 'client', fingerprints: [{ algorithm, value: wrongValue }] })
  t.same(await lost, ['speaker', producerId])
  t.equal((await media.counts()).transports, 0)
  t.equal(
    typeof (await participant.createTransport('send')).id,
    'string',
    'the participant may create another transport'
  )
})

t.test('a producer that was not admitted, or was closed on purpose, is not reported as lost', async t => {
  const { audio } = await openTestMedia(t)
  const reported: unknown[] = []
  audio.on('producerLost', (...args) => reported.push(args))
  const { participant, transportId, produce } = await openSpeaker(audio, 'speaker')
  await produce()
  await participant.closeProducer()
  await participant.closeProducer()
  await participant.produce({ transportId, rtpParameters: opusSendParameters(3) })
  participant.closeTransport(transportId)
  const again = await openSpeaker(audio, 'another')
  await again.produce()
  audio.leave(presenceOf('another'))
  t.same(reported, [])
})

t.test('a closed show leaves no objects, whatever operations were in progress', async t => {
  const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const { media } = testMedia
  await media.closeShow('show')
  const before = await allObjects(testMedia)
  for (let n = 0; n < 30; n++) {
    const audio = await media.openShow(`show ${n}`)
    const participants: Promise<Participant>[] = ['a', 'b', 'c'].map(
      async userId => await audio.join({ presenceId: userId, userId })
    )
    const creating = participants.map(
      async joining => await rejectionCode(joining.then(async participant => await participant.createTransport('recv')))
    )
    await waitTurns(n % 15)
    await media.closeShow(`show ${n}`)
    await media.closeShow(`show ${n}`)
    await Promise.all(creating)
    t.equal(await rejectionCode(audio.join({ presenceId: 'late', userId: 'late' })), 'SHOW_ENDED')
  }
  t.same(await allObjects(testMedia), before)
})

t.test('a show is opened once, and is forgotten when opening it fails', async t => {
  const { media } = await openTestMedia(t)
  const [one, two] = await Promise.all([media.openShow('same'), media.openShow('same')])
  t.equal(one, two)
  await media.closeShow('same')
  t.not(await media.openShow('same'), one)
  media.close()
  media.close()
  t.equal(await rejectionCode(media.openShow('late')), 'UNAVAILABLE')
  t.match(await media.counts(), { shows: 0, routers: 0 })
})
