import t from 'tap'
import { closeRtcPeers, opusSendParameters } from './rtc-peer.ts'
import { openListener, openSpeaker, openTestMedia, until } from './test-media.ts'

t.teardown(closeRtcPeers)

const packets = 150

t.test('those who only listen get longer packets, those who converse get them as they are sent', async t => {
  const { audio } = await openTestMedia(t, { voiceFrameMs: 60 })
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.produce()
  const listener = await openListener(audio, 'listener')
  const consumerId = await listener.consume(producerId)

  /** Returns how many packets the listener gets of so many that the speaker sends. */
  async function listen(): Promise<number> {
    const before = listener.packetCount(producerId)
    await new Promise<void>(resolve => {
      let sent = 0
      const timer = setInterval(() => {
        speaker.peer.send(80)
        if (++sent < packets) return
        clearInterval(timer)
        resolve()
      }, 5)
    })
    let count = 0
    await until(async () => {
      await new Promise(resolve => setTimeout(resolve, 100))
      const last = count
      count = listener.packetCount(producerId) - before
      return count === last
    })
    return count
  }

  const joined = await listen()
  t.ok(joined >= packets / 3 && joined < packets / 2, `joined: ${joined}`)

  const { participant } = listener
  const { id, ...transport } = await participant.createTransport('send')
  t.ok(transport.iceCandidates.length > 0)
  const asked = await participant.produce({ transportId: id, rtpParameters: opusSendParameters(99) })
  t.equal(await listen(), packets, 'on stage')

  participant.dropProducer(asked)
  const left = await listen()
  t.ok(left >= packets / 3 && left < packets / 2, `joined again: ${left}`)
  participant.closeConsumer(consumerId)
})

t.test('a speaker who starts to listen while on stage gets packets as they are sent', async t => {
  const { audio } = await openTestMedia(t, { voiceFrameMs: 60 })
  const [one, other] = [await openSpeaker(audio, 'one'), await openListener(audio, 'other')]
  const producerId = await one.produce()
  const { id } = await other.participant.createTransport('send')
  await other.participant.produce({ transportId: id, rtpParameters: opusSendParameters(99) })
  await other.consume(producerId)
  for (let n = 0; n < 12; n++) one.peer.send(80)
  await until(() => other.packetCount(producerId) === 12)
})

t.test(
  'a listener whose jitter buffer counts packets gets them as they are sent, before and after being on stage',
  async t => {
    const { audio } = await openTestMedia(t, { voiceFrameMs: 60 })
    const speaker = await openSpeaker(audio, 'speaker')
    const producerId = await speaker.produce()
    const listener = await openListener(audio, 'listener')
    let consumerId = await listener.consume(producerId, { joinPackets: false })

    /** Checks that so many packets arrive of 12 that the speaker sends. */
    async function hears(count: number, when: string): Promise<void> {
      const before = listener.packetCount(producerId)
      for (let n = 0; n < 12; n++) speaker.peer.send(80)
      await until(() => listener.packetCount(producerId) - before >= count)
      // More of them would come now.
      await new Promise(resolve => setTimeout(resolve, 300))
      t.equal(listener.packetCount(producerId) - before, count, when)
    }

    await hears(12, 'before being on stage')
    const { participant } = listener
    const { id } = await participant.createTransport('send')
    const asked = await participant.produce({ transportId: id, rtpParameters: opusSendParameters(99) })
    participant.dropProducer(asked)
    await hears(12, 'after being on stage')

    participant.closeConsumer(consumerId)
    consumerId = await listener.consume(producerId)
    await hears(4, 'another consumer joins three to one')
  }
)
