import type { Test } from 'tap'
import { prepareSongs, toneSong } from '../../e2e/test-songs.ts'
import { amplitudeOf, decodeSound } from '../../tones.ts'
import { openRadio, openStream, type StreamListener } from '../programs/listening.ts'
import { until } from '../real-app.ts'

/** About a second of MP3. */
export const second = 16_000
export const [voiceHz, songHz, forbiddenHz] = [700, 1500, 3000]
export const settings = { CREATOR_GRACE_MS: '60000' }

/** Waits until a tone is heard in a stream, or no longer. */
export async function untilHeard(listener: StreamListener, hz: number, isHeard = true): Promise<void> {
  await until(async () => {
    const amplitude = amplitudeOf(await decodeSound(await listener.next(second)), hz)
    return isHeard ? amplitude > 0.03 : amplitude < 0.0005
  })
}

/** Starts a streamed show on one node that plays a song which may be streamed. */
export async function openMusic(url: string, seconds: number) {
  const radio = await openRadio(url)
  const { creator, client, showId } = radio
  const [song] = await prepareSongs(url, creator, showId, [toneSong(songHz, seconds), toneSong(forbiddenHz, seconds)])
  await creator.rest('PATCH', `/v1/songs/${song!.id}`, { mayStream: true })
  const { playback } = await client.request('playback:play', {})
  return { ...radio, first: playback.item!.id }
}

/** Opens a stream at a node. It is closed after the test. */
export async function openAt(t: Test, url: string, showId: string): Promise<StreamListener> {
  const listener = await openStream(`${url}/live/${showId}.mp3`)
  t.teardown(() => listener.close())
  t.equal(listener.response.statusCode, 200)
  return listener
}
