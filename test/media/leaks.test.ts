import t from 'tap'
import type { Participant } from '../../media/participant.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters, startRtcPeer } from './rtc-peer.ts'
import { openListener, openSpeaker, openStudio, next, refusal, until, type Studio } from './studio.ts'

t.teardown(closeRtcPeers)

const rtpCapabilities = opusReceiveCapabilities

/** What the workers hold, as they say themselves and as we count it. */
async function everything({ media, workers }: Studio) {
  return { counts: await media.counts(), ids: await Promise.all(workers.map(async worker => await worker.ids())) }
}

/** Lets this many turns of the event loop pass; a worker answers within a few. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(resolve => setImmediate(resolve))
}

let lastSsrc = 100_000

/** What a session may be in the middle of when it is closed. */
const acts: Record<string, (audio: ShowAudio, presenceId: string, producerId: string) => Promise<unknown>> = {
  async createTransport(audio, presenceId) {
    const participant = await audio.join({ presenceId, userId: presenceId })
    await Promise.all([participant.createTransport('send'), participant.createTransport('recv')])
  },
  async produce(audio, presenceId) {
    const participant = await audio.join({ presenceId, userId: presenceId })
    const { id: transportId } = await participant.createTransport('send')
    const mine = await participant.produce({ transportId, rtpParameters: opusSendParameters(++lastSsrc) })
    await participant.admitProducer(mine, false)
    await participant.closeProducer()
  },
  async consume(audio, presenceId, producerId) {
    const participant = await audio.join({ presenceId, userId: presenceId })
    await participant.createTransport('recv')
    const { id } = await participant.consume({ producerId, rtpCapabilities })
    await participant.resumeConsumer(id)
  }
}

/** Refusals for which there is a reason; anything else is our fault. */
const reasons = ['UNAVAILABLE', 'NOT_FOUND', 'NOT_IN_SHOW', 'CONFLICT']

for (const workers of [1, 2]) {
  for (const [name, act] of Object.entries(acts)) {
    t.test(`${name}, cut off at 100 places, on ${workers} worker(s): nothing is left`, async t => {
      const studio = await openStudio(t, { workers, listenersPerWorker: 1 })
      const { audio } = studio
      const speaker = await openSpeaker(audio, 'speaker')
      const producerId = await speaker.speak()
      // The pipe to the second worker stays as long as the show does.
      await act(audio, 'first', producerId)
      audio.leave('first')
      const before = await everything(studio)

      const answers = new Set<unknown>()
      for (let n = 0; n < 100; n++) {
        const presenceId = `session ${n}`
        const acting = refusal(act(audio, presenceId, producerId))
        if (n < 10) for (let tick = 0; tick < n; tick++) await null
        else await turns(n % 30)
        audio.leave(presenceId)
        answers.add(await acting)
      }
      t.same(
        [...answers].filter(answer => typeof answer === 'string' && !reasons.includes(answer)),
        []
      )
      t.same(
        [...answers].filter(answer => answer instanceof Error),
        []
      )
      t.ok(answers.has('UNAVAILABLE') || answers.has('NOT_IN_SHOW'), 'some were cut off indeed')
      t.same(await everything(studio), before)
    })
  }
}

t.test('a session that leaves in the very breath in which its transport is made', async t => {
  const studio = await openStudio(t)
  const { audio } = studio
  const before = await everything(studio)
  for (let ticks = 0; ticks < 12; ticks++) {
    const participant = await audio.join({ presenceId: 'session', userId: 'user' })
    const router = audio.routers[0]!
    const made = new Promise(resolve => router.observer.once('newtransport', resolve))
    const creating = refusal(participant.createTransport('send'))
    await made
    for (let tick = 0; tick < ticks; tick++) await null
    audio.leave('session')
    await creating
    t.same(await everything(studio), before, `${ticks} ticks after`)
  }
})

t.test('a producer that closes while others begin to consume it', async t => {
  const studio = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const { audio } = studio
  const speaker = await openSpeaker(audio, 'speaker')
  const near = await openListener(audio, 'near')
  const far = await openListener(audio, 'far')
  const first = await speaker.speak()
  await near.hear(first)
  await far.hear(first)
  await speaker.participant.closeProducer()
  await until(async () => (await studio.media.counts()).producers === 0)
  const before = await everything(studio)

  const answers = new Set<unknown>()
  for (let n = 0; n < 50; n++) {
    const producerId = await speaker.speak()
    const consuming = [near, far].map(
      async ({ participant }) => await refusal(participant.consume({ producerId, rtpCapabilities }))
    )
    await turns(n % 25)
    await speaker.participant.closeProducer()
    for (const answer of await Promise.all(consuming)) answers.add(typeof answer === 'object' ? 'made' : answer)
  }
  t.same([...answers].sort(), ['NOT_FOUND', 'made'])
  await until(async () => (await studio.media.counts()).producers === 0)
  t.same(await everything(studio), before)
})

t.test('200 people come, speak or listen, and go', async t => {
  const studio = await openStudio(t, { workers: 2, listenersPerWorker: 50 })
  const { audio } = studio
  const producerId = await (await openSpeaker(audio, 'speaker')).speak()
  const come = async (presenceId: string) => await acts.consume!(audio, presenceId, producerId)
  for (const presenceId of Array.from({ length: 60 }, (_, n) => `early ${n}`)) await come(presenceId)
  for (const presenceId of Array.from({ length: 60 }, (_, n) => `early ${n}`)) audio.leave(presenceId)
  const before = await everything(studio)

  const sessions = Array.from({ length: 200 }, (_, n) => `session ${n}`)
  await Promise.all(sessions.map(come))
  const { consumers, workers } = (await everything(studio)).counts
  t.equal(consumers, 200 + workers.length - 1, 'each hears, and the voice is piped once to each further worker')
  t.same(workers.map(({ participants }) => participants).sort(), [100, 101], 'spread evenly')
  for (const presenceId of sessions) audio.leave(presenceId)
  for (const presenceId of sessions) audio.leave(presenceId)
  t.same(await everything(studio), before)
})

t.test('closing a transport closes what is on it, and the room hears of a lost voice', async t => {
  const studio = await openStudio(t)
  const { audio, media } = studio
  const before = await everything(studio)
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.speak()
  const listener = await openListener(audio, 'listener')
  const consumerId = await listener.hear(producerId)

  const lost = next(audio, 'producerLost')
  speaker.participant.closeTransport(speaker.transportId)
  t.same(await lost, ['speaker', producerId])
  await until(async () => (await media.counts()).consumers === 0)
  t.throws(() => listener.participant.closeConsumer(consumerId), { code: 'NOT_FOUND' })
  t.equal(await refusal(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')

  audio.leave('session of speaker')
  audio.leave('session of listener')
  t.same(await everything(studio), before)
})

t.test("a peer that can't prove who it is loses its transport, and the room hears of the lost voice", async t => {
  const { audio, media } = await openStudio(t)
  const participant = await audio.join({ presenceId: 'session', userId: 'speaker' })
  const { id: transportId, ...transport } = await participant.createTransport('send')
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(4) })
  await participant.admitProducer(producerId, false)

  const lost = next(audio, 'producerLost')
  const peer = await startRtcPeer({ direction: 'send', transport })
  const [{ algorithm, value }] = peer.dtlsParameters.fingerprints as [{ algorithm: 'sha-256'; value: string }]
  const another = value.startsWith('00') ? `11${value.slice(2)}` : `00${value.slice(2)}`
  await participant.connectTransport(transportId, { role: 'client', fingerprints: [{ algorithm, value: another }] })
  t.same(await lost, ['speaker', producerId])
  t.equal((await media.counts()).transports, 0)
  t.equal(typeof (await participant.createTransport('send')).id, 'string', 'it may make another')
})

t.test('a producer that was hidden, or closed on purpose, is not reported as lost', async t => {
  const { audio } = await openStudio(t)
  const said: unknown[] = []
  audio.on('producerLost', (...what) => said.push(what))
  const { participant, transportId, speak } = await openSpeaker(audio, 'speaker')
  await speak()
  await participant.closeProducer()
  await participant.closeProducer()
  await participant.produce({ transportId, rtpParameters: opusSendParameters(3) })
  participant.closeTransport(transportId)
  const again = await openSpeaker(audio, 'another')
  await again.speak()
  audio.leave('session of another')
  t.same(said, [])
})

t.test('an ended show holds nothing, whatever was under way', async t => {
  const studio = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const { media } = studio
  await media.closeShow('show')
  const before = await everything(studio)
  for (let n = 0; n < 30; n++) {
    const audio = await media.openShow(`show ${n}`)
    const participants: Promise<Participant>[] = ['a', 'b', 'c'].map(
      async userId => await audio.join({ presenceId: userId, userId })
    )
    const acting = participants.map(
      async joining => await refusal(joining.then(async participant => await participant.createTransport('recv')))
    )
    await turns(n % 15)
    await media.closeShow(`show ${n}`)
    await media.closeShow(`show ${n}`)
    await Promise.all(acting)
    t.equal(await refusal(audio.join({ presenceId: 'late', userId: 'late' })), 'SHOW_ENDED')
  }
  t.same(await everything(studio), before)
})

t.test("a show is opened once, and forgotten when it can't be", async t => {
  const { media } = await openStudio(t)
  const [one, two] = await Promise.all([media.openShow('same'), media.openShow('same')])
  t.equal(one, two)
  await media.closeShow('same')
  t.not(await media.openShow('same'), one)
  media.close()
  media.close()
  t.equal(await refusal(media.openShow('late')), 'UNAVAILABLE')
  t.match(await media.counts(), { shows: 0, routers: 0 })
})
