import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import t from 'tap'
import { createFirstPacket } from '../../media/first-packet.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { closeRtcPeers, opusReceiveCapabilities, startRtcPeer } from './rtc-peer.ts'
import { openSpeaker, openStudio, until } from './studio.ts'

t.teardown(closeRtcPeers)

/** Comes into the show now and hears the producer, as soon as there is one; resolves when the second packet is there. */
async function listen(audio: ShowAudio, name: string, producer: () => Promise<string>) {
  const requestedAtMs = performance.now()
  const participant = await audio.join({ presenceId: name, userId: name, requestedAtMs })
  const producerId = await producer()
  const { id, iceParameters, iceCandidates, dtlsParameters } = await participant.createTransport('recv')
  const peer = await startRtcPeer({ direction: 'recv', transport: { iceParameters, iceCandidates, dtlsParameters } })
  await participant.connectTransport(id, peer.dtlsParameters)
  const consumer = await participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities })
  const ssrc = consumer.rtpParameters.encodings![0]!.ssrc!
  await peer.connected()
  await participant.resumeConsumer(consumer.id)
  await until(() => (peer.received.get(ssrc) ?? 0) > 1)
  return { participant, consumerId: consumer.id, tookMs: performance.now() - requestedAtMs }
}

t.test('how long somebody waits for sound is told once, where there was some when they came', async t => {
  const { media, audio } = await openStudio(t)
  const waits: number[] = []
  media.events.on('firstPacket', waitedMs => waits.push(waitedMs))
  const speaker = await openSpeaker(audio, 'speaker')
  speaker.talk()
  let producerId = ''
  await listen(audio, 'early', async () => {
    producerId = await speaker.speak()
    return producerId
  })
  t.strictSame(waits, [], 'who came before there was anything to hear waited for something else')

  const { participant, consumerId, tookMs } = await listen(audio, 'late', async () => producerId)
  await until(() => waits.length > 0)
  t.ok(waits[0]! > 0 && waits[0]! <= tookMs, 'the packet was sent before it arrived')
  await participant.pauseConsumer(consumerId)
  await participant.resumeConsumer(consumerId)

  await speaker.participant.setMuted(true)
  const other = await audio.join({ presenceId: 'in silence', userId: 'in silence', requestedAtMs: performance.now() })
  t.ok(other, 'nobody is heard now')
  await speaker.participant.setMuted(false)
  await listen(audio, 'third', async () => producerId)
  await until(() => waits.length > 1)
  t.equal(waits.length, 2)
})

t.test('who is sent nothing is told of where something sounds, and only there', async t => {
  const consumer = (facts: object): types.Consumer => {
    const made: unknown = Object.assign(new EventEmitter(), {
      closed: false,
      paused: false,
      producerPaused: false,
      score: { producerScore: 10 },
      enableTraceEvent: async () => {},
      ...facts
    })
    return made as types.Consumer
  }
  async function outcome(...consumers: types.Consumer[]): Promise<string> {
    const told: string[] = []
    const watch = createFirstPacket({
      requestedAtMs: performance.now(),
      timeoutMs: 5,
      onFirstPacket: () => told.push('heard'),
      onTimeout: () => told.push('silence')
    })
    for (const one of consumers) watch.watch(one)
    // Two timers of one length ring in order.
    await new Promise(resolve => setTimeout(resolve, 5))
    await new Promise(resolve => setTimeout(resolve, 5))
    consumers[0]?.emit('trace', {
      type: 'rtp',
      timestamp: 0,
      direction: 'out',
      info: {}
    } as types.ConsumerTraceEventData)
    return told.join()
  }
  t.equal(await outcome(consumer({})), 'silence')
  t.equal(await outcome(consumer({ producerPaused: true }), consumer({})), 'silence')
  for (const why of [{ closed: true }, { paused: true }, { producerPaused: true }, { score: { producerScore: 0 } }]) {
    t.equal(await outcome(consumer(why)), '', JSON.stringify(why))
  }
})

t.test('what the transports carried is counted, and what receivers report is read, in turn', async t => {
  const { media, audio } = await openStudio(t)
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.speak()
  speaker.talk()
  await listen(audio, 'one', async () => producerId)
  await listen(audio, 'two', async () => producerId)
  const bytes = async () =>
    (await media.stats()).workers.map(({ receivedBytes, sentBytes }) => ({ receivedBytes, sentBytes }))[0]!
  t.strictSame(await bytes(), { receivedBytes: 0, sentBytes: 0 }, 'nothing was read yet')
  // Three transports, one at a time: after three turns each was read once.
  for (let turn = 0; turn < 3; turn++) await media.readTraffic(1)
  const first = await bytes()
  t.ok(first.receivedBytes > 0)
  t.ok(first.sentBytes > first.receivedBytes / 2)
  for (let turn = 0; turn < 3; turn++) await media.readTraffic(1)
  const second = await bytes()
  t.ok(second.sentBytes >= first.sentBytes)
  await media.readTraffic(100)
  t.ok((await bytes()).sentBytes < 10 * (second.sentBytes + 100_000), 'what was read before is not counted again')
  const [worker] = (await media.stats()).workers
  t.match(worker, { index: 0, participants: 3, consumers: 2 })
  t.ok(worker!.cpuSeconds > 0 && worker!.maxMemoryBytes > 1e6)
})

t.test('a worker that died is told of', async t => {
  const { media, workers } = await openStudio(t)
  const died = new Promise<void>(resolve => {
    media.events.once('workerDied', resolve)
  })
  process.kill(workers[0]!.worker.pid, 'SIGKILL')
  await died
  await until(() => media.hasWorker)
  t.equal((await media.stats()).workers[0]!.index, 0, 'its successor takes its place')
})
