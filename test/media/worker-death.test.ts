import { mock } from 'node:test'
import t from 'tap'
import { createMedia } from '../../media/media.ts'
import type { ShowAudioEvents } from '../../media/show-audio-events.ts'
import { closeRtcPeers, opusReceiveCapabilities } from './rtc-peer.ts'
import {
  mediaOptions,
  nextEvent,
  openListener,
  openSpeaker,
  openTestMedia,
  presenceOf,
  rejectionCode,
  until
} from './test-media.ts'

t.teardown(closeRtcPeers)

const kill = (pid: number) => process.kill(pid, 'SIGKILL')

t.test('a show whose only worker was killed is audible again, and its participants stay', async t => {
  const { audio, media } = await openTestMedia(t)
  for (let round = 0; round < 3; round++) {
    const speaker = await openSpeaker(audio, 'speaker')
    const listener = await openListener(audio, 'listener')
    const before = await speaker.produce()
    await listener.consume(before)
    speaker.startTalking()
    await until(() => listener.packetCount(before) > 0)

    const [lost, reset] = [nextEvent(audio, 'producerLost'), nextEvent(audio, 'reset')]
    kill(media.workerPids[0]!)
    t.same(await lost, ['speaker', before])
    const [presenceIds, rtpCapabilities, reason] = (await reset) as ShowAudioEvents['reset']
    t.same(presenceIds.sort(), [presenceOf('listener'), presenceOf('speaker')])
    t.same(rtpCapabilities, audio.rtpCapabilities)
    t.equal(reason, 'worker died')
    t.equal(audio.findParticipant(presenceOf('speaker')), speaker.participant, 'the same participants')
    t.throws(() => speaker.participant.closeTransport(speaker.transportId), { code: 'NOT_FOUND' })
    t.equal(
      await rejectionCode(
        listener.participant.consume({ producerId: before, rtpCapabilities: opusReceiveCapabilities })
      ),
      'NOT_FOUND'
    )
    speaker.stopTalking()
  }
  t.match(await media.counts(), { transports: 0, producers: 0, consumers: 0, workers: [{ participants: 2 }] })
})

t.test('a show whose only worker hangs is audible again', async t => {
  const { audio, media } = await openTestMedia(t)
  const pid = media.workerPids[0]!
  const reset = nextEvent(audio, 'reset')
  await openSpeaker(audio, 'speaker')
  // It runs, keeps its connections and does nothing.
  process.kill(pid, 'SIGSTOP')
  t.same((await reset)[0], [presenceOf('speaker')])
  t.not(media.workerPids[0], pid)
  const [speaker, listener] = [await openSpeaker(audio, 'speaker'), await openListener(audio, 'listener')]
  const producerId = await speaker.produce()
  await listener.consume(producerId)
  speaker.startTalking()
  await until(() => listener.packetCount(producerId) > 0)
})

t.test('a participant on another worker stays there, and receives the new producer', async t => {
  const { audio, media } = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const speaker = await openSpeaker(audio, 'speaker')
  const far = await openListener(audio, 'far')
  const near = await openListener(audio, 'near')
  const before = await speaker.produce()
  await Promise.all([far, near].map(async listener => await listener.consume(before)))
  const elsewhere = [far, near].find(({ participant }) => participant.showRouter !== speaker.participant.showRouter)!

  const reset = nextEvent(audio, 'reset')
  kill(speaker.participant.showRouter!.mediaWorker.pid)
  const [presenceIds] = (await reset) as ShowAudioEvents['reset']
  t.notOk(presenceIds.includes(elsewhere.participant.presenceId))
  t.ok(presenceIds.includes(presenceOf('speaker')))
  await until(async () => (await media.counts()).consumers === 0)

  const again = await openSpeaker(audio, 'speaker')
  t.equal(again.participant, speaker.participant)
  const producerId = await again.produce()
  await elsewhere.consume(producerId)
  again.startTalking()
  await until(() => elsewhere.packetCount(producerId) > 5)
  t.pass('on the same transport as before')
})

t.test("a listener's worker dies: the producer stays, and the listener receives it again", async t => {
  const { audio, workers } = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const lost: unknown[] = []
  audio.on('producerLost', userId => lost.push(userId))
  const speaker = await openSpeaker(audio, 'speaker')
  const far = await openListener(audio, 'far')
  const producerId = await speaker.produce()
  await far.consume(producerId)

  const reset = nextEvent(audio, 'reset')
  kill(far.participant.showRouter!.mediaWorker.pid)
  t.same((await reset)[0], [presenceOf('far')])
  t.same(lost, [])
  const back = await openListener(audio, 'far')
  await back.consume(producerId)
  speaker.startTalking()
  await until(() => back.packetCount(producerId) > 5)
  t.equal(workers.length, 3, 'a replacement was started')
})

t.test('a worker that dies during requests causes no internal error', async t => {
  const { audio, media } = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  for (let round = 0; round < 5; round++) {
    await until(() => media.workerPids.length === 2)
    const speaker = await openSpeaker(audio, `speaker ${round}`)
    const producerId = await speaker.produce()
    const far = await openListener(audio, `far ${round}`)
    await far.consume(producerId)
    const pid = far.participant.showRouter!.mediaWorker.pid

    // The worker stops answering, and then dies with all requests unanswered.
    const reset = nextEvent(audio, 'reset')
    process.kill(pid, 'SIGSTOP')
    const requests = [
      speaker.participant.setMuted(true),
      far.participant.createTransport('send'),
      far.participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities }),
      audio
        .join({ presenceId: `late ${round}`, userId: 'late' })
        .then(async participant => await participant.createTransport('recv'))
    ].map(rejectionCode)
    for (let turn = 0; turn < round; turn++) await new Promise(resolve => setImmediate(resolve))
    kill(pid)
    const answers = await Promise.all(requests)
    t.same(
      answers.filter(answer => answer instanceof Error || answer === 'VALIDATION'),
      [],
      `round ${round}`
    )
    await reset
    for (const presenceId of [presenceOf(`speaker ${round}`), presenceOf(`far ${round}`), `late ${round}`]) {
      audio.leave(presenceId)
    }
  }
})

t.test('all workers die at once while participants join and leave', async t => {
  const { audio, media } = await openTestMedia(t, { workers: 2, listenersPerWorker: 2 })
  const presenceIds = Array.from({ length: 6 }, (_, n) => `participant ${n}`)
  await Promise.all(presenceIds.map(async presenceId => await audio.join({ presenceId, userId: presenceId })))
  const resets = new Set<string>()
  audio.on('reset', ids => {
    for (const presenceId of ids) resets.add(presenceId)
  })
  for (const pid of media.workerPids) kill(pid)
  audio.leave('participant 0')
  const late = rejectionCode(
    audio
      .join({ presenceId: 'late', userId: 'late' })
      .then(async participant => await participant.createTransport('recv'))
  )
  await until(() => presenceIds.slice(1).every(presenceId => resets.has(presenceId)))
  await until(() => media.workerPids.length === 2)
  t.notOk(resets.has('participant 0'))
  t.notOk((await late) instanceof Error)
  t.equal(
    (await media.counts()).workers.reduce((sum, { participants }) => sum + participants, 0),
    6,
    '5 stayed and one joined'
  )
  const [first] = await Promise.all(
    presenceIds.slice(1).map(async presenceId => await audio.findParticipant(presenceId)!.createTransport('recv'))
  )
  t.ok(first)
})

t.test('a show that is opened while no worker is alive opens on the next one', async t => {
  const { media } = await openTestMedia(t)
  kill(media.workerPids[0]!)
  await until(() => !media.hasWorker)
  const audio = await media.openShow('another')
  const participant = await audio.join({ presenceId: 'presence', userId: 'user' })
  t.ok((await participant.createTransport('send')).id)
  t.equal(media.hasWorker, true)
})

t.test(
  'workers that keep dying are replaced after growing delays; one that lived long is replaced at once',
  async t => {
    const { media } = await openTestMedia(t)
    const delays: number[] = []
    const realSetTimeout = setTimeout
    const timers = mock.method(globalThis, 'setTimeout', (callback: () => void, ms: number) => {
      if (ms >= 100) delays.push(ms)
      return realSetTimeout(callback, Math.min(ms, 5))
    })
    t.teardown(() => timers.mock.restore())
    const killWorker = async () => {
      const [pid] = media.workerPids
      kill(pid!)
      await until(() => media.workerPids.some(alive => alive !== pid))
    }
    for (let n = 0; n < 5; n++) await killWorker()
    t.same(delays, [100, 200, 400, 800])

    const now = performance.now()
    const clock = mock.method(performance, 'now', () => now + 60_000)
    t.teardown(() => clock.mock.restore())
    await killWorker()
    t.same(delays, [100, 200, 400, 800])
    await killWorker()
    t.same(delays, [100, 200, 400, 800, 100])
  }
)

t.test('createMedia rejects when the workers cannot run', async t => {
  t.match(await rejectionCode(createMedia({ ...mediaOptions, workerBin: '/bin/false' })), Error)
})
