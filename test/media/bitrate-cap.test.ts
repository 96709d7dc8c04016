import { EventEmitter } from 'node:events'
import { mock } from 'node:test'
import type { types } from 'mediasoup'
import t, { type Test } from 'tap'
import { testAtNight } from '../depth.ts'
import { createBitrateCap, type SendLimits } from '../../media/bitrate-cap.ts'
import { closeRtcPeers } from './rtc-peer.ts'
import { nextEvent, openListener, openSpeaker, openTestMedia, presenceOf, until, type Speaker } from './test-media.ts'

t.teardown(closeRtcPeers)

const limits = { maxBitrateBps: 8 * 1000, maxPacketsPerSecond: 500 }

t.test('producers over the limit are paused and reported, muted ones too; a voice and a burst are not', async t => {
  const { audio, workers } = await openTestMedia(t)
  const reported: [string, string][] = []
  audio.on('overBitrate', (...args) => reported.push(args))
  const producerOf = (producerId: string) => workers[0]!.producers.get(producerId)!
  const voice = await openSpeaker(audio, 'voice')
  const voiceId = await voice.produce()
  // 148 bytes and 12 of header, 50 times a second: 64 kb/s.
  voice.startTalking(148)
  const burst = await openSpeaker(audio, 'burst')
  const burstId = await burst.produce()
  const muted = await openSpeaker(audio, 'muted')
  const mutedId = await muted.produce(true)
  const flood = await openSpeaker(audio, 'flood')
  const floodId = await flood.produce()
  const listener = await openListener(audio, 'listener')
  await listener.consume(voiceId)
  // 240 kb/s, with nobody listening.
  flood.startTalking(588)
  muted.startTalking(588)
  // 20 kB at once are 160 kbit: over the limit for one second, and not for two.
  for (let n = 0; n < 20; n++) burst.peer.send(1000)

  await until(() => reported.length >= 2)
  await until(() => producerOf(floodId).paused)
  await until(() => listener.packetCount(voiceId) > 100)
  t.same(reported.sort(), [
    ['flood', floodId],
    ['muted', mutedId]
  ])
  t.equal(producerOf(voiceId).paused, false)
  t.equal(producerOf(burstId).paused, false)
})

interface SecondOfTraffic {
  /** Bytes and packets of the producer, without SRTP tags. */
  bytes?: number
  packets?: number
  /** Bytes of its transport that belong to no producer. */
  otherBytes?: number
}

/** A producer and its transport, which received this in every second, on the mocked clock. */
function fakeProducer(id: string, received: (second: number) => SecondOfTraffic) {
  let byteCount = 0
  let packetCount = 0
  let bytesReceived = 1234
  let second = 0
  const producer: unknown = {
    id,
    observer: new EventEmitter(),
    async getStats() {
      const { bytes = 0, packets = 0, otherBytes = 0 } = received(second++)
      byteCount += bytes
      packetCount += packets
      bytesReceived += bytes + 10 * packets + otherBytes
      return [{ byteCount, packetCount }]
    }
  }
  const transport: unknown = { getStats: async () => [{ timestamp: second * 1000, bytesReceived }] }
  return {
    producer: producer as types.Producer & { observer: EventEmitter },
    transport: transport as types.WebRtcTransport
  }
}

/** Lets the mocked clock run, and the checks of each second finish. */
async function passSeconds(seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    mock.timers.tick(1000)
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** Watches a producer of each traffic for 22 s; returns the names of those that were reported, in order. */
async function reportedOf(
  t: Test,
  limits: SendLimits,
  traffic: Record<string, (second: number) => SecondOfTraffic>
): Promise<string[]> {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const exceeded: string[] = []
  const cap = createBitrateCap(limits)
  const fakes = Object.entries(traffic).map(([name, received]) => fakeProducer(name, received))
  for (const { producer, transport } of fakes) cap.watch(producer, transport, () => exceeded.push(producer.id))
  await passSeconds(2)
  t.same(exceeded, [])
  await passSeconds(20)
  for (const { producer } of fakes) producer.observer.emit('close')
  cap.close()
  cap.close()
  return exceeded
}

t.test('a producer is reported once, when its average over two seconds exceeds the limit', async t => {
  const exceeded = await reportedOf(t, limits, {
    'at the limit': () => ({ bytes: 1000 }),
    'over the limit': () => ({ bytes: 1001 }),
    'one second twice the limit': second => ({ bytes: second === 2 ? 2000 : 0 }),
    'one second over twice the limit': second => ({ bytes: second === 2 ? 2001 : 0 })
  })
  t.same(exceeded, ['over the limit', 'one second over twice the limit'])
})

t.test('packets count whatever their size, also those that belong to no producer', async t => {
  const exceeded = await reportedOf(t, limits, {
    'at the limit': () => ({ bytes: 500, packets: 500 }),
    'over the limit': () => ({ bytes: 501, packets: 501 }),
    'one second over twice the limit': second => ({ packets: second === 2 ? 1001 : 0 }),
    // The shortest packets have 22 bytes, and the worker does not count them.
    'others at the limit': () => ({ otherBytes: 22 * 500 }),
    'others over the limit': () => ({ otherBytes: 22 * 501 }),
    'a voice with reports': () => ({ bytes: 400, packets: 50, otherBytes: 200 })
  })
  t.same(exceeded.sort(), ['one second over twice the limit', 'others over the limit', 'over the limit'])
})

t.test('a producer that closes, or whose worker does not answer, is not reported', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const exceeded: string[] = []
  const cap = createBitrateCap(limits)
  const closing = fakeProducer('closing', () => ({ bytes: 5000 }))
  const dead = fakeProducer('dead', () => ({ bytes: 5000 }))
  dead.producer.getStats = async () => {
    throw new Error('the worker died')
  }
  const deadTransport = fakeProducer('dead transport', () => ({ bytes: 5000 }))
  deadTransport.transport.getStats = async () => {
    throw new Error('the worker died')
  }
  for (const { producer, transport } of [closing, dead, deadTransport]) {
    cap.watch(producer, transport, () => exceeded.push(producer.id))
  }
  await passSeconds(2)
  closing.producer.observer.emit('close')
  await passSeconds(5)
  t.same(exceeded, [])
  cap.close()
})

testAtNight(t, '1,500 packets of one byte per second are over the limit, at a low bitrate', async t => {
  const { audio } = await openTestMedia(t)
  const over = nextEvent(audio, 'overBitrate')
  const flood = await openSpeaker(audio, 'flood')
  const floodId = await flood.produce()
  const voice = await openSpeaker(audio, 'voice')
  await voice.produce()
  voice.startTalking()
  const timer = setInterval(() => repeat(15, () => flood.peer.send(1)), 10)
  t.teardown(() => clearInterval(timer))
  t.same(await over, ['flood', floodId])
})

t.test('packets that belong to no producer close the transport and are reported; a consumer stays', async t => {
  const { media, audio } = await openTestMedia(t)
  const failed: unknown[] = []
  audio.on('transportFailed', (presenceId, failure) => failed.push({ presenceId, ...failure }))
  const voice = await openSpeaker(audio, 'voice')
  const voiceId = await voice.produce()
  voice.startTalking()
  const listener = await openListener(audio, 'listener')
  await listener.consume(voiceId)
  const unknownSsrc = await openSpeaker(audio, 'unknown SSRC')
  const reports = await openSpeaker(audio, 'reports')
  const timer = setInterval(() => {
    repeat(15, () => unknownSsrc.peer.send(1))
    repeat(15, () => reports.peer.sendReport())
  }, 10)
  t.teardown(() => clearInterval(timer))
  await until(async () => {
    await media.readTraffic(100)
    await new Promise(resolve => setTimeout(resolve, 1000))
    return failed.length >= 2
  })
  const failure = ({ transportId }: Speaker, presence: string) => ({
    presenceId: presenceOf(presence),
    transportId,
    direction: 'send',
    reason: 'flood'
  })
  t.same(new Set(failed), new Set([failure(unknownSsrc, 'unknown SSRC'), failure(reports, 'reports')]))
  t.throws(() => reports.participant.closeTransport(reports.transportId), { code: 'NOT_FOUND' })
  const heard = listener.packetCount(voiceId)
  await until(() => listener.packetCount(voiceId) > heard)
})

t.test('what a closed producer sent is not a flood of its transport', async t => {
  const { media, audio } = await openTestMedia(t)
  const failed: unknown[] = []
  audio.on('transportFailed', (...failure) => failed.push(failure))
  const voice = await openSpeaker(audio, 'voice')
  await voice.produce()
  await media.readTraffic(100)
  // 18 kB/s: as many bytes as 800 of the shortest packets.
  voice.startTalking(360)
  await new Promise(resolve => setTimeout(resolve, 1200))
  voice.stopTalking()
  await voice.participant.closeProducer()
  for (let n = 0; n < 3; n++) {
    await media.readTraffic(100)
    await new Promise(resolve => setTimeout(resolve, 1000))
  }
  t.same(failed, [])
})

function repeat(count: number, act: () => void): void {
  for (let n = 0; n < count; n++) act()
}
