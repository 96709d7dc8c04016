import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { openListenerPeer, openSpeakerPeer } from '../audio-peers.ts'
import { decode, packetsOf, soundsIn, timeAt } from '../media/recording/memory-stints.ts'
import { tonePackets } from '../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { openRecordings } from '../../plugins/app/recordings/document.ts'
import { goLive, joinShow, type ShowClient } from '../users.ts'
import { startApp, until } from './real-app.ts'

t.teardown(closeRtcPeers)

const { app, url } = await startApp(t)

const { stints } = await openRecordings(app.db)

/** Returns the stored stints of a show that has ended, with their bytes. */
async function stintsOf(showId: string) {
  await until(async () => await app.recordings.isComplete(showId))
  const stored = await app.recordings.stintsOf(showId)
  return await Promise.all(
    stored.map(async stint => ({ ...stint, bytes: await buffer((await app.recordings.read(stint))!) }))
  )
}

/** Brings a member on stage. */
async function bringOnStage(host: ShowClient, guest: ShowClient): Promise<void> {
  const { requestId } = await guest.request('speak:request', { reason: 'hello' })
  await host.request('speak:answer', { requestId, accept: true })
  await guest.waitForEvent('floor:granted')
}

t.test('two speakers of a show are recorded, from the start of the recording to its stop', async t => {
  const { client: host, creator, showId } = await goLive(url)
  const { client: guest, user } = await joinShow(url, showId)
  await bringOnStage(host, guest)
  const [hostVoice, guestVoice] = [await openSpeakerPeer(host), await openSpeakerPeer(guest)]
  const hostProducer = await hostVoice.produce()
  await guestVoice.produce()
  const ear = await openListenerPeer(guest)
  await ear.consume(hostProducer)
  hostVoice.startTalking()
  await until(() => ear.packetCount(hostProducer) > 10)
  hostVoice.stopTalking()

  await host.request('recording:set', { on: true })
  await guest.waitForEvent('recording:started')
  const packets = await tonePackets(500, 3, 'between(mod(t,1),0.5,0.7)*0.5')
  const heardBefore = ear.packetCount(hostProducer)
  const played = [hostVoice.play(packets), guestVoice.play(packets)] as const
  await Promise.all(played.map(async ({ over }) => await over))
  await until(() => ear.packetCount(hostProducer) === heardBefore + packets.length)
  await host.request('recording:set', { on: false })
  await guest.waitForEvent('recording:stopped')
  hostVoice.startTalking()
  await until(() => ear.packetCount(hostProducer) > heardBefore + packets.length + 10)
  hostVoice.stopTalking()
  await creator.rest('POST', `/v1/shows/${showId}/end`)

  const recorded = await stintsOf(showId)
  t.same(recorded.map(({ userId }) => userId).sort(), [creator.id, user.id].sort())
  for (const stint of recorded) {
    const { startedAtMs } = played[stint.userId === creator.id ? 0 : 1]
    const written = packetsOf(stint.bytes)
    t.ok(written.length > packets.length - 5)
    t.ok(
      written.every(packet => packets.some(sent => sent.equals(packet))),
      'unchanged'
    )
    const sounds = soundsIn(await decode(stint.bytes))
    t.equal(sounds.length, 3)
    for (const [index, { fromMs }] of sounds.entries()) {
      const offMs = timeAt({ marks: [...stint.marks] }, fromMs * 48) - (startedAtMs + index * 1000 + 500)
      t.ok(Math.abs(offMs) <= 50, `${offMs} ms off`)
    }
  }
})

t.test('a show whose setting says so is recorded from its start; every stay on stage is a stint', async t => {
  const { client: host, creator, showId } = await goLive(url, 'Recorded', { record: true })
  const voice = await openSpeakerPeer(host)
  voice.startTalking()
  for (let round = 1; round <= 2; round++) {
    await voice.produce()
    await until(async () => (await stints.countDocuments({ showId })) === round)
    await host.request('speak:stepDown', {})
    await until(async () => (await stints.countDocuments({ showId, state: 'writing' })) === 0)
  }
  voice.stopTalking()
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  t.equal((await stintsOf(showId)).length, 2)
})

t.test('the recording of a creator without space stops, and says why', async t => {
  const { url } = await startApp(t, { LIMIT_RECORDING_BYTES: '1' })
  const { client: host } = await goLive(url, 'Full', { record: true })
  const { client: guest } = await joinShow(url, (await host.request('show:resync', {})).snapshot.showId)
  const voice = await openSpeakerPeer(host)
  const producerId = await voice.produce()
  const ear = await openListenerPeer(guest)
  await ear.consume(producerId)
  voice.startTalking()
  const { event } = await guest.waitForEvent('recording:stopped')
  t.match(event, { by: null, reason: 'quota' })
  const heard = ear.packetCount(producerId)
  await until(() => ear.packetCount(producerId) > heard + 20)
  voice.stopTalking()
})
