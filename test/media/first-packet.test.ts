import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import t from 'tap'
import { createFirstPacket } from '../../media/first-packet.ts'
import { joinAndListen } from './joining.ts'
import { closeRtcPeers } from './rtc-peer.ts'
import { openSpeaker, openTestMedia, until } from './test-media.ts'

t.teardown(closeRtcPeers)

t.test('the wait for the first packet is reported once, for those who joined while a speaker was audible', async t => {
  const { media, audio } = await openTestMedia(t)
  const waits: number[] = []
  media.events.on('firstPacket', waitedMs => waits.push(waitedMs))
  const speaker = await openSpeaker(audio, 'speaker')
  speaker.startTalking()
  let producerId = ''
  await joinAndListen(audio, 'early', async () => {
    producerId = await speaker.produce()
    return producerId
  })
  t.strictSame(waits, [], 'not reported for a participant that joined before there was a producer')

  const { participant, consumerId, tookMs } = await joinAndListen(audio, 'late', async () => producerId)
  await until(() => waits.length > 0)
  t.ok(waits[0]! > 0 && waits[0]! <= tookMs, 'the packet was sent before it arrived')
  await participant.pauseConsumer(consumerId)
  await participant.resumeConsumer(consumerId)

  await speaker.participant.setMuted(true)
  const joinedInSilence = await audio.join({
    presenceId: 'in silence',
    userId: 'in silence',
    requestedAtMs: performance.now()
  })
  t.ok(joinedInSilence, 'no producer is audible now')
  await speaker.participant.setMuted(false)
  await joinAndListen(audio, 'third', async () => producerId)
  await until(() => waits.length > 1)
  t.equal(waits.length, 2)
})

t.test('a participant that receives no packet is reported only where a producer sounds', async t => {
  const createConsumer = (properties: object): types.Consumer => {
    const consumer: unknown = Object.assign(new EventEmitter(), {
      closed: false,
      paused: false,
      producerPaused: false,
      score: { producerScore: 10 },
      enableTraceEvent: async () => {},
      ...properties
    })
    return consumer as types.Consumer
  }
  async function outcomeOf(...consumers: types.Consumer[]): Promise<string> {
    const outcomes: string[] = []
    const firstPacket = createFirstPacket({
      requestedAtMs: performance.now(),
      timeoutMs: 5,
      onFirstPacket: () => outcomes.push('first packet'),
      onTimeout: () => outcomes.push('timeout')
    })
    for (const consumer of consumers) firstPacket.watch(consumer)
    // Timers of the same length fire in order.
    await new Promise(resolve => setTimeout(resolve, 5))
    await new Promise(resolve => setTimeout(resolve, 5))
    consumers[0]?.emit('trace', {
      type: 'rtp',
      timestamp: 0,
      direction: 'out',
      info: {}
    } as types.ConsumerTraceEventData)
    return outcomes.join()
  }
  t.equal(await outcomeOf(createConsumer({})), 'timeout')
  t.equal(await outcomeOf(createConsumer({ producerPaused: true }), createConsumer({})), 'timeout')
  for (const properties of [
    { closed: true },
    { paused: true },
    { producerPaused: true },
    { score: { producerScore: 0 } }
  ]) {
    t.equal(await outcomeOf(createConsumer(properties)), '', JSON.stringify(properties))
  }
})
