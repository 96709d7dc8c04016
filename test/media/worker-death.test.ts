import { mock } from 'node:test'
import t from 'tap'
import { createMedia } from '../../media/media.ts'
import type { ShowAudioEvents } from '../../media/show-audio.ts'
import { closeRtcPeers, opusReceiveCapabilities } from './rtc-peer.ts'
import { mediaOptions, next, openListener, openSpeaker, openStudio, refusal, until } from './studio.ts'

t.teardown(closeRtcPeers)

const kill = (pid: number) => process.kill(pid, 'SIGKILL')

t.test('after its only worker was killed a show is heard again, and nobody has left', async t => {
  const { audio, media } = await openStudio(t)
  for (let round = 0; round < 3; round++) {
    const speaker = await openSpeaker(audio, 'speaker')
    const listener = await openListener(audio, 'listener')
    const before = await speaker.speak()
    await listener.hear(before)
    speaker.talk()
    await until(() => listener.heard(before) > 0)

    const [lost, reset] = [next(audio, 'producerLost'), next(audio, 'reset')]
    kill(media.workerPids[0]!)
    t.same(await lost, ['speaker', before])
    const [presenceIds, rtpCapabilities, reason] = (await reset) as ShowAudioEvents['reset']
    t.same(presenceIds.sort(), ['session of listener', 'session of speaker'])
    t.same(rtpCapabilities, audio.rtpCapabilities)
    t.equal(reason, 'worker died')
    t.equal(audio.findParticipant('session of speaker'), speaker.participant, 'the same sessions')
    t.throws(() => speaker.participant.closeTransport(speaker.transportId), { code: 'NOT_FOUND' })
    t.equal(
      await refusal(listener.participant.consume({ producerId: before, rtpCapabilities: opusReceiveCapabilities })),
      'NOT_FOUND'
    )
    speaker.hush()
  }
  t.match(await media.counts(), { transports: 0, producers: 0, consumers: 0, workers: [{ participants: 2 }] })
})

t.test('who was on another worker stays there, and hears the voice again', async t => {
  const { audio, media } = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const speaker = await openSpeaker(audio, 'speaker')
  const far = await openListener(audio, 'far')
  const near = await openListener(audio, 'near')
  const before = await speaker.speak()
  await Promise.all([far, near].map(async listener => await listener.hear(before)))
  const elsewhere = [far, near].find(({ participant }) => participant.showRouter !== speaker.participant.showRouter)!

  const reset = next(audio, 'reset')
  kill(speaker.participant.showRouter!.mediaWorker.pid)
  const [presenceIds] = (await reset) as ShowAudioEvents['reset']
  t.notOk(presenceIds.includes(elsewhere.participant.presenceId))
  t.ok(presenceIds.includes('session of speaker'))
  await until(async () => (await media.counts()).consumers === 0)

  const again = await openSpeaker(audio, 'speaker')
  t.equal(again.participant, speaker.participant)
  const producerId = await again.speak()
  await elsewhere.hear(producerId)
  again.talk()
  await until(() => elsewhere.heard(producerId) > 5)
  t.pass('on the transport it had all the time')
})

t.test("a listener's worker dies: the voice goes on for all others, and comes back for them", async t => {
  const { audio, workers } = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const lost: unknown[] = []
  audio.on('producerLost', userId => lost.push(userId))
  const speaker = await openSpeaker(audio, 'speaker')
  const far = await openListener(audio, 'far')
  const producerId = await speaker.speak()
  await far.hear(producerId)

  const reset = next(audio, 'reset')
  kill(far.participant.showRouter!.mediaWorker.pid)
  t.same((await reset)[0], ['session of far'])
  t.same(lost, [])
  const back = await openListener(audio, 'far')
  await back.hear(producerId)
  speaker.talk()
  await until(() => back.heard(producerId) > 5)
  t.equal(workers.length, 3, 'a new worker took its place')
})

t.test('a worker that dies while it is asked for something is no error of this process', async t => {
  const { audio, media } = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  for (let round = 0; round < 5; round++) {
    await until(() => media.workerPids.length === 2)
    const speaker = await openSpeaker(audio, `speaker ${round}`)
    const producerId = await speaker.speak()
    const far = await openListener(audio, `far ${round}`)
    await far.hear(producerId)
    const pid = far.participant.showRouter!.mediaWorker.pid

    // It answers nothing any more and then is gone, with everything unanswered.
    const reset = next(audio, 'reset')
    process.kill(pid, 'SIGSTOP')
    const asked = [
      speaker.participant.setMuted(true),
      far.participant.createTransport('send'),
      far.participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities }),
      audio
        .join({ presenceId: `late ${round}`, userId: 'late' })
        .then(async participant => await participant.createTransport('recv'))
    ].map(refusal)
    for (let turn = 0; turn < round; turn++) await new Promise(resolve => setImmediate(resolve))
    kill(pid)
    const answers = await Promise.all(asked)
    t.same(
      answers.filter(answer => answer instanceof Error || answer === 'VALIDATION'),
      [],
      `round ${round}`
    )
    await reset
    for (const name of [`session of speaker ${round}`, `session of far ${round}`, `late ${round}`]) audio.leave(name)
  }
})

t.test('all workers die at once, with people coming and going', async t => {
  const { audio, media } = await openStudio(t, { workers: 2, listenersPerWorker: 2 })
  const names = Array.from({ length: 6 }, (_, n) => `person ${n}`)
  await Promise.all(names.map(async presenceId => await audio.join({ presenceId, userId: presenceId })))
  const resets = new Set<string>()
  audio.on('reset', presenceIds => {
    for (const presenceId of presenceIds) resets.add(presenceId)
  })
  for (const pid of media.workerPids) kill(pid)
  audio.leave('person 0')
  const late = refusal(
    audio
      .join({ presenceId: 'late', userId: 'late' })
      .then(async participant => await participant.createTransport('recv'))
  )
  await until(() => names.slice(1).every(name => resets.has(name)))
  await until(() => media.workerPids.length === 2)
  t.notOk(resets.has('person 0'))
  t.notOk((await late) instanceof Error)
  t.equal(
    (await media.counts()).workers.reduce((sum, { participants }) => sum + participants, 0),
    6,
    '5 who stayed and one who came'
  )
  const [first] = await Promise.all(
    names.slice(1).map(async name => await audio.findParticipant(name)!.createTransport('recv'))
  )
  t.ok(first)
})

t.test('a show that is opened while no worker lives opens on the next', async t => {
  const { media } = await openStudio(t)
  kill(media.workerPids[0]!)
  await until(() => !media.hasWorker)
  const audio = await media.openShow('another')
  const participant = await audio.join({ presenceId: 'session', userId: 'user' })
  t.ok((await participant.createTransport('send')).id)
  t.equal(media.hasWorker, true)
})

t.test(
  'workers that die again and again are started with growing waits; one that lived is replaced at once',
  async t => {
    const { media } = await openStudio(t)
    const waits: number[] = []
    const setTimeoutNow = setTimeout
    const timers = mock.method(globalThis, 'setTimeout', (callback: () => void, ms: number) => {
      if (ms >= 100) waits.push(ms)
      return setTimeoutNow(callback, Math.min(ms, 5))
    })
    t.teardown(() => timers.mock.restore())
    const die = async () => {
      const [pid] = media.workerPids
      kill(pid!)
      await until(() => media.workerPids.some(alive => alive !== pid))
    }
    for (let n = 0; n < 5; n++) await die()
    t.same(waits, [100, 200, 400, 800])

    const now = performance.now()
    const clock = mock.method(performance, 'now', () => now + 60_000)
    t.teardown(() => clock.mock.restore())
    await die()
    t.same(waits, [100, 200, 400, 800])
    await die()
    t.same(waits, [100, 200, 400, 800, 100])
  }
)

t.test("a server whose workers can't run does not start", async t => {
  t.match(await refusal(createMedia({ ...mediaOptions, workerBin: '/bin/false' })), Error)
})
