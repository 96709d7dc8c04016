import { EventEmitter } from 'node:events'
import { mock } from 'node:test'
import type { types } from 'mediasoup'
import t from 'tap'
import { createBitrateCap } from '../../media/bitrate-cap.ts'
import { closeRtcPeers } from './rtc-peer.ts'
import { openListener, openSpeaker, openTestMedia, until } from './test-media.ts'

t.teardown(closeRtcPeers)

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

/** A producer that received `bytesPerSecond` in every second, on the mocked clock. */
function fakeProducer(id: string, bytesInSecond: (second: number) => number) {
  let byteCount = 0
  let second = 0
  const producer: unknown = {
    id,
    observer: new EventEmitter(),
    async getStats() {
      byteCount += bytesInSecond(second)
      second++
      return [{ timestamp: second * 1000, byteCount }]
    }
  }
  return producer as types.Producer & { observer: EventEmitter }
}

/** Lets the mocked clock run, and the checks of each second finish. */
async function passSeconds(seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    mock.timers.tick(1000)
    await new Promise(resolve => setImmediate(resolve))
  }
}

t.test('a producer is reported once, when its average over two seconds exceeds the limit', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const exceeded: string[] = []
  const cap = createBitrateCap(8 * 1000)
  const rates: Record<string, (second: number) => number> = {
    'at the limit': () => 1000,
    'over the limit': () => 1001,
    'one second twice the limit': second => (second === 2 ? 2000 : 0),
    'one second over twice the limit': second => (second === 2 ? 2001 : 0)
  }
  const producers = Object.entries(rates).map(([name, rate]) => fakeProducer(name, rate))
  for (const producer of producers) cap.watch(producer, () => exceeded.push(producer.id))
  await passSeconds(2)
  t.same(exceeded, [])
  await passSeconds(20)
  t.same(exceeded, ['over the limit', 'one second over twice the limit'])
  for (const producer of producers) producer.observer.emit('close')
  cap.close()
  cap.close()
})

t.test('a producer that closes, or whose worker does not answer, is not reported', async t => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const exceeded: string[] = []
  const cap = createBitrateCap(8 * 1000)
  const closing = fakeProducer('closing', () => 5000)
  const dead = fakeProducer('dead', () => 5000)
  dead.getStats = async () => {
    throw new Error('the worker died')
  }
  for (const producer of [closing, dead]) cap.watch(producer, () => exceeded.push(producer.id))
  await passSeconds(2)
  closing.observer.emit('close')
  await passSeconds(5)
  t.same(exceeded, [])
  cap.close()
})
