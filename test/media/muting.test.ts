import t from 'tap'
import type { ShowAudio } from '../../media/show-audio.ts'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters } from './rtc-peer.ts'
import {
  openListener,
  openSpeaker,
  openTestMedia,
  until,
  type Listener,
  type Speaker,
  type TestMedia
} from './test-media.ts'

t.teardown(closeRtcPeers)

/** Opens a speaker who talks, and two listeners who receive it: one near, one far where there are two workers. */
async function openSpeakerAndListeners(testMedia: TestMedia) {
  const { audio } = testMedia
  const speaker = await openSpeaker(audio, 'speaker')
  // With two workers, the second participant is placed on the further worker, and the third on the emptier one.
  const far = await openListener(audio, 'far')
  const near = await openListener(audio, 'near')
  const producerId = await speaker.produce()
  await near.consume(producerId)
  await far.consume(producerId)
  speaker.startTalking()
  await until(() => near.packetCount(producerId) > 0 && far.packetCount(producerId) > 0)
  return { speaker, near, far, producerId }
}

/** Sends marked packets and waits until the speaker's own worker has them. */
async function sendMarked({ workers }: TestMedia, speaker: Speaker, producerId: string, mark: number): Promise<void> {
  const { pid } = speaker.participant.showRouter!.mediaWorker
  const producer = workers.find(({ worker }) => worker.pid === pid)!.producers.get(producerId)!
  const received = async () => (await producer.getStats()).reduce((sum, { packetCount }) => sum + packetCount, 0)
  speaker.stopTalking()
  // After two answers, the worker has read the packets that were on their way.
  await received()
  await received()
  const before = await received()
  for (let n = 0; n < 20; n++) speaker.peer.send(80, mark)
  await until(async () => (await received()) >= before + 20)
}

/** Sends marked packets until all receive them. Packets sent before have then arrived, if they ever do. */
async function flush(speaker: Speaker, listeners: Listener[], producerId: string, mark: number): Promise<void> {
  await until(() => {
    speaker.peer.send(80, mark)
    return listeners.every(listener => listener.marks(producerId).includes(mark))
  })
}

/** Returns the number of workers these listeners are placed on. */
function workerCountOf(audio: ShowAudio, ...listeners: Listener[]): number {
  return new Set(
    listeners.map(({ participant }) => audio.findParticipant(participant.presenceId)?.showRouter?.mediaWorker.pid)
  ).size
}

for (const [name, options] of Object.entries({
  'one worker': { workers: 1 },
  'two workers': { workers: 2, listenersPerWorker: 1 }
})) {
  t.test(`no packet of a muted producer is received, and the packets of an unmuted one are: ${name}`, async t => {
    const testMedia = await openTestMedia(t, options)
    const { speaker, near, far, producerId } = await openSpeakerAndListeners(testMedia)
    t.equal(workerCountOf(testMedia.audio, near, far), options.workers)

    for (let round = 0; round < 5; round++) {
      const [mutedMark, unmutedMark] = [1 + round, 101 + round]
      await speaker.participant.setMuted(true)
      await speaker.participant.setMuted(true)
      await sendMarked(testMedia, speaker, producerId, mutedMark)
      await speaker.participant.setMuted(false)
      await flush(speaker, [near, far], producerId, unmutedMark)
      for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(mutedMark), `round ${round}`)
    }
  })

  t.test(`no packet of a closed producer is received: ${name}`, async t => {
    const testMedia = await openTestMedia(t, options)
    const { speaker, near, far, producerId } = await openSpeakerAndListeners(testMedia)
    await speaker.participant.closeProducer()
    for (let n = 0; n < 20; n++) speaker.peer.send(80, 7)

    const again = await speaker.produce()
    await near.consume(again)
    await far.consume(again)
    await flush(speaker, [near, far], again, 8)
    for (const listener of [near, far]) t.notOk([...listener.peer.marks.values()].some(marks => marks.has(7)))
    t.equal(near.packetCount(producerId) > 0, true)
  })

  t.test(`no packet of a producer that starts muted is received until it is unmuted: ${name}`, async t => {
    const testMedia = await openTestMedia(t, options)
    const { speaker, near, far } = await openSpeakerAndListeners(testMedia)
    await speaker.participant.closeProducer()
    const producerId = await speaker.produce(true)
    await near.consume(producerId)
    await far.consume(producerId)
    await sendMarked(testMedia, speaker, producerId, 9)
    await speaker.participant.setMuted(false)
    await flush(speaker, [near, far], producerId, 10)
    for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(9))
  })
}

t.test('packets that wait in the pipe to another worker are dropped after a close or a mute', async t => {
  for (const method of ['setMuted', 'closeProducer'] as const) {
    const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
    const { speaker, far, producerId } = await openSpeakerAndListeners(testMedia)
    const farPid = far.participant.showRouter!.mediaWorker.pid
    const origin = testMedia.workers.find(({ worker }) => worker.pid !== farPid)!

    // Stops the far worker, with packets of the producer in its socket.
    process.kill(farPid, 'SIGSTOP')
    await sendMarked(testMedia, speaker, producerId, 5)
    const paused = new Promise<void>(resolve => origin.producers.get(producerId)!.observer.once('pause', resolve))
    let isDone = false
    const calling = speaker.participant[method](true).then(() => {
      isDone = true
    })
    await paused
    await origin.worker.dump()
    t.notOk(isDone, `${method} waits for the worker that could still forward packets`)

    process.kill(farPid, 'SIGCONT')
    await calling
    testMedia.media.close()
  }
})

t.test('a mute or unmute while a pipe is opened reaches the far end too', async t => {
  const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const { audio, workers } = testMedia
  const speaker = await openSpeaker(audio, 'speaker')
  const far = await openListener(audio, 'far')
  for (let n = 0; n < 40; n++) {
    const producerId = await speaker.produce(n % 2 === 0)
    const consuming = far.participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities })
    for (let turn = 0; turn < n % 20; turn++) await new Promise(resolve => setImmediate(resolve))
    await speaker.participant.setMuted(n % 2 === 1)
    await consuming
    const paused = workers.map(({ producers }) => producers.get(producerId)!.paused)
    t.same(paused, [n % 2 === 1, n % 2 === 1])
    await speaker.participant.closeProducer()
  }
})

t.test('a producer that is being closed is not unmuted', async t => {
  const testMedia = await openTestMedia(t)
  const { speaker, near, far, producerId } = await openSpeakerAndListeners(testMedia)
  const closing = speaker.participant.closeProducer()
  await speaker.participant.setMuted(false)
  await closing
  for (let n = 0; n < 20; n++) speaker.peer.send(80, 3)
  const again = await speaker.produce()
  await near.consume(again)
  await flush(speaker, [near], again, 4)
  for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(3))
})

t.test('no packet of a producer is received before it is admitted, and everybody receives it after that', async t => {
  const testMedia = await openTestMedia(t)
  const { speaker, near, far } = await openSpeakerAndListeners(testMedia)
  const { participant, transportId } = speaker
  await participant.closeProducer()
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(speaker.ssrc) })
  await sendMarked(testMedia, speaker, producerId, 6)
  await participant.admitProducer(producerId, false)
  await participant.admitProducer(producerId, false)
  await near.consume(producerId)
  await far.consume(producerId)
  await flush(speaker, [near, far], producerId, 11)
  for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(6))
})
