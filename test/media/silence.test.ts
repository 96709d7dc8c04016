import t from 'tap'
import type { ShowAudio } from '../../media/show-audio.ts'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters } from './rtc-peer.ts'
import { openListener, openSpeaker, openStudio, until, type Listener, type Speaker, type Studio } from './studio.ts'

t.teardown(closeRtcPeers)

/** A voice, somebody on its own worker and somebody on the other, both hearing it. */
async function openTwoEnds(studio: Studio) {
  const { audio } = studio
  const speaker = await openSpeaker(audio, 'speaker')
  // Two places on each worker: the second person goes to the further worker, the third to the emptier one.
  const far = await openListener(audio, 'far')
  const near = await openListener(audio, 'near')
  const producerId = await speaker.speak()
  await near.hear(producerId)
  await far.hear(producerId)
  speaker.talk()
  await until(() => near.heard(producerId) > 0 && far.heard(producerId) > 0)
  return { speaker, near, far, producerId }
}

/** Sends marked packets and waits until the speaker's own worker has them. */
async function sendMarked({ workers }: Studio, speaker: Speaker, producerId: string, mark: number): Promise<void> {
  const { pid } = speaker.participant.showRouter!.mediaWorker
  const producer = workers.find(({ worker }) => worker.pid === pid)!.producers.get(producerId)!
  const received = async () => (await producer.getStats()).reduce((sum, { packetCount }) => sum + packetCount, 0)
  speaker.hush()
  // Two answers later the worker has read what was on the way.
  await received()
  await received()
  const before = await received()
  for (let n = 0; n < 20; n++) speaker.peer.send(80, mark)
  await until(async () => (await received()) >= before + 20)
}

/** Sends marked packets until both hear them: whatever was sent before them has arrived then, if it ever does. */
async function flush(speaker: Speaker, listeners: Listener[], producerId: string, mark: number): Promise<void> {
  await until(() => {
    speaker.peer.send(80, mark)
    return listeners.every(listener => listener.marks(producerId).includes(mark))
  })
}

function placesOf(audio: ShowAudio, ...listeners: Listener[]) {
  return new Set(
    listeners.map(({ participant }) => audio.findParticipant(participant.presenceId)?.showRouter?.mediaWorker.pid)
  ).size
}

for (const [name, options] of Object.entries({
  'one worker': { workers: 1 },
  'two workers': { workers: 2, listenersPerWorker: 1 }
})) {
  t.test(`muted, not a packet is heard; unmuted, everything is: ${name}`, async t => {
    const studio = await openStudio(t, options)
    const { speaker, near, far, producerId } = await openTwoEnds(studio)
    t.equal(placesOf(studio.audio, near, far), options.workers)

    for (let round = 0; round < 5; round++) {
      const [silent, loud] = [1 + round, 101 + round]
      await speaker.participant.setMuted(true)
      await speaker.participant.setMuted(true)
      await sendMarked(studio, speaker, producerId, silent)
      await speaker.participant.setMuted(false)
      await flush(speaker, [near, far], producerId, loud)
      for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(silent), `round ${round}`)
    }
  })

  t.test(`closed, not a packet is heard: ${name}`, async t => {
    const studio = await openStudio(t, options)
    const { speaker, near, far, producerId } = await openTwoEnds(studio)
    await speaker.participant.closeProducer()
    for (let n = 0; n < 20; n++) speaker.peer.send(80, 7)

    const again = await speaker.speak()
    await near.hear(again)
    await far.hear(again)
    await flush(speaker, [near, far], again, 8)
    for (const listener of [near, far]) t.notOk([...listener.peer.marks.values()].some(marks => marks.has(7)))
    t.equal(near.heard(producerId) > 0, true)
  })

  t.test(`muted from the start, not a packet is heard until unmuted: ${name}`, async t => {
    const studio = await openStudio(t, options)
    const { speaker, near, far } = await openTwoEnds(studio)
    await speaker.participant.closeProducer()
    const producerId = await speaker.speak(true)
    await near.hear(producerId)
    await far.hear(producerId)
    await sendMarked(studio, speaker, producerId, 9)
    await speaker.participant.setMuted(false)
    await flush(speaker, [near, far], producerId, 10)
    for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(9))
  })
}

t.test('what waits in the pipe to another worker does not come through after a close or a mute', async t => {
  for (const silence of ['setMuted', 'closeProducer'] as const) {
    const studio = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
    const { speaker, far, producerId } = await openTwoEnds(studio)
    const farPid = far.participant.showRouter!.mediaWorker.pid
    const origin = studio.workers.find(({ worker }) => worker.pid !== farPid)!

    // The far worker stands still, with packets of the voice in its socket.
    process.kill(farPid, 'SIGSTOP')
    await sendMarked(studio, speaker, producerId, 5)
    const paused = new Promise<void>(resolve => origin.producers.get(producerId)!.observer.once('pause', resolve))
    let silent = false
    const silencing = speaker.participant[silence](true).then(() => {
      silent = true
    })
    await paused
    await origin.worker.dump()
    t.notOk(silent, `${silence} waits for the worker that could still let packets through`)

    process.kill(farPid, 'SIGCONT')
    await silencing
    studio.media.close()
  }
})

t.test('muted or unmuted while a pipe is laid, the far end does as the near end', async t => {
  const studio = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const { audio, workers } = studio
  const speaker = await openSpeaker(audio, 'speaker')
  const far = await openListener(audio, 'far')
  for (let n = 0; n < 40; n++) {
    const producerId = await speaker.speak(n % 2 === 0)
    const consuming = far.participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities })
    for (let turn = 0; turn < n % 20; turn++) await new Promise(resolve => setImmediate(resolve))
    await speaker.participant.setMuted(n % 2 === 1)
    await consuming
    const ends = workers.map(({ producers }) => producers.get(producerId)!.paused)
    t.same(ends, [n % 2 === 1, n % 2 === 1])
    await speaker.participant.closeProducer()
  }
})

t.test('a producer that is being closed is not unmuted', async t => {
  const studio = await openStudio(t)
  const { speaker, near, far, producerId } = await openTwoEnds(studio)
  const closing = speaker.participant.closeProducer()
  await speaker.participant.setMuted(false)
  await closing
  for (let n = 0; n < 20; n++) speaker.peer.send(80, 3)
  const again = await speaker.speak()
  await near.hear(again)
  await flush(speaker, [near], again, 4)
  for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(3))
})

t.test('a hidden producer is heard by nobody before it is admitted, and by everybody after', async t => {
  const studio = await openStudio(t)
  const { speaker, near, far } = await openTwoEnds(studio)
  const { participant, transportId } = speaker
  await participant.closeProducer()
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(speaker.ssrc) })
  await sendMarked(studio, speaker, producerId, 6)
  await participant.admitProducer(producerId, false)
  await participant.admitProducer(producerId, false)
  await near.hear(producerId)
  await far.hear(producerId)
  await flush(speaker, [near, far], producerId, 11)
  for (const listener of [near, far]) t.notOk(listener.marks(producerId).includes(6))
})
