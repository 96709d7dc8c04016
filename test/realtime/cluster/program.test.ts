import t, { type Test } from 'tap'
import { openSpeakerPeer } from '../../audio-peers.ts'
import { prepareSongs, toneSong } from '../../e2e/test-songs.ts'
import { tonePackets } from '../../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { amplitudeOf, amplitudesOf, decodeSound } from '../../tones.ts'
import { grantFloor, joinShow } from '../../users.ts'
import { openRadio, openStream, type StreamListener } from '../programs/listening.ts'
import { until } from '../real-app.ts'
import { startPartitionedNodes, startRealNodes } from './real-nodes.ts'

t.teardown(closeRtcPeers)
t.setTimeout(180_000)

/** About a second of MP3. */
const second = 16_000
const [voiceHz, songHz, forbiddenHz] = [700, 1500, 3000]
const settings = { CREATOR_GRACE_MS: '60000' }

/** Waits until a tone is heard in a stream, or no longer. */
async function untilHeard(listener: StreamListener, hz: number, isHeard = true): Promise<void> {
  await until(async () => {
    const amplitude = amplitudeOf(await decodeSound(await listener.next(second)), hz)
    return isHeard ? amplitude > 0.03 : amplitude < 0.0005
  })
}

/** Returns how long a tone was not heard, in steps of 100 ms. */
const silentMs = (sound: Float32Array, hz: number): number =>
  100 * amplitudesOf(sound, hz, 100).filter(amplitude => amplitude < 0.01).length

/** Starts a streamed show on one node that plays a song which may be streamed. */
async function openMusic(url: string, seconds: number) {
  const radio = await openRadio(url)
  const { creator, client, showId } = radio
  const [song] = await prepareSongs(url, creator, showId, [toneSong(songHz, seconds), toneSong(forbiddenHz, seconds)])
  await creator.rest('PATCH', `/v1/songs/${song!.id}`, { mayStream: true })
  const { playback } = await client.request('playback:play', {})
  return { ...radio, first: playback.item!.id }
}

async function openAt(t: Test, url: string, showId: string): Promise<StreamListener> {
  const listener = await openStream(`${url}/live/${showId}.mp3`)
  t.teardown(() => listener.close())
  t.equal(listener.response.statusCode, 200)
  return listener
}

t.test('a stream of another node than the home has the voices and the song, and ends with its show', async t => {
  const { nodes } = await startRealNodes(t, { settings })
  const [home, edge] = nodes.map(({ url }) => url)
  const { creator, client, showId } = await openMusic(home!, 60)
  const voice = await openSpeakerPeer(client)
  await voice.produce()
  voice.play(await tonePackets(voiceHz, 30))
  const listener = await openAt(t, edge!, showId)
  await untilHeard(listener, voiceHz)
  await untilHeard(listener, songHz)

  const change = async (patch: object) => await creator.rest('PATCH', `/v1/shows/${showId}`, patch)
  await change({ visibility: 'unlisted' })
  await listener.ended
  await change({ visibility: 'public' })
  const again = await openAt(t, edge!, showId)
  await untilHeard(again, voiceHz)
  await change({ settings: { program: false } })
  await again.ended
  t.equal((await fetch(`${edge}/live/${showId}.mp3`)).status, 404)
  await change({ settings: { program: true } })
  const last = await openAt(t, edge!, showId)
  await untilHeard(last, songHz)
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await last.ended
  t.equal((await fetch(`${edge}/live/${showId}.mp3`)).status, 404)
})

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
    // What was on its way from the old home is over.
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

t.test('a node that is behind or cut off streams no song without the right, and ends with the setting', async t => {
  const { nodes, proxies } = await startPartitionedNodes(t, { settings })
  const [home, edge] = nodes.map(({ url }) => url)
  const { creator, client, showId, first } = await openMusic(home!, 60)
  const listener = await openAt(t, edge!, showId)
  await untilHeard(listener, songHz)

  proxies[1]!.delay(3000)
  await client.request('playback:next', {})
  await untilHeard(listener, songHz, false)
  const late = await listener.next(5 * second)
  proxies[1]!.delay(0)
  await client.request('playback:play', { itemId: first })
  await untilHeard(listener, songHz)

  await proxies[1]!.cut()
  await client.request('playback:next', {})
  await untilHeard(listener, songHz, false)
  const cut = await listener.next(5 * second)
  await proxies[1]!.restore()
  await client.request('playback:play', { itemId: first })
  await untilHeard(listener, songHz)
  t.ok(late.length + cut.length >= 10 * second)

  await proxies[1]!.cut()
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { program: false } })
  await listener.ended
  const loudest = Math.max(...amplitudesOf(await decodeSound(listener.bytes()), forbiddenHz, 40))
  t.ok(loudest < 0.005, `at most ${loudest} in 40 ms`)
})
