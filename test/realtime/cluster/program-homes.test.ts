import t from 'tap'
import { openSpeakerPeer } from '../../audio-peers.ts'
import { tonePackets } from '../../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { amplitudesOf, decodeSound } from '../../tones.ts'
import { grantFloor, joinShow } from '../../users.ts'
import { openAt, openMusic, second, settings, songHz, untilHeard, voiceHz } from './radio.ts'
import { startRealNodes } from './real-nodes.ts'

t.teardown(closeRtcPeers)
t.setTimeout(180_000)

/** Returns how long a tone was not heard, in steps of 100 ms. */
const silentMs = (sound: Float32Array, hz: number): number =>
  100 * amplitudesOf(sound, hz, 100).filter(amplitude => amplitude < 0.01).length

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  t.test(`a stream goes on when the home gets ${signal}, at the new home and elsewhere`, async t => {
    const { nodes } = await startRealNodes(t, { count: 3, settings })
    const [home, ...others] = nodes
    const { client: host, showId } = await openMusic(home!.url, 60)
    const { client: guest } = await joinShow(others[0]!.url, showId)
    await grantFloor(host, guest)
    await guest.waitForEvent('floor:granted')
    const voice = await openSpeakerPeer(guest)
    await voice.produce()
    voice.play(await tonePackets(voiceHz, 60))
    const listeners = await Promise.all(others.map(async ({ url }) => await openAt(t, url, showId)))
    for (const hz of [songHz, voiceHz]) {
      await Promise.all(listeners.map(async listener => await untilHeard(listener, hz)))
    }
    const before = listeners.map(listener => listener.bytes().length)
    await home!.stop(signal)
    // Packets on their way from the old home are over.
    await Promise.all(listeners.map(async listener => await listener.next(2 * second)))
    for (const hz of [songHz, voiceHz]) {
      await Promise.all(listeners.map(async listener => await untilHeard(listener, hz)))
    }
    for (const [n, listener] of listeners.entries()) {
      t.notOk(listener.response.closed, 'the same response')
      const sound = await decodeSound(listener.bytes().subarray(before[n]))
      t.comment(`${signal}: no song for ${silentMs(sound, songHz)} ms, no voice for ${silentMs(sound, voiceHz)} ms`)
    }
  })
}
