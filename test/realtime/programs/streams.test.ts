import t from 'tap'
import type { ShowProgram } from '../../../contract/program.ts'
import { prepareSongs, toneSong } from '../../e2e/test-songs.ts'
import { amplitudeOf, decodeSound } from '../../tones.ts'
import { startApp, until } from '../real-app.ts'
import { openRadio, openStream, type StreamListener } from './listening.ts'

const { url } = await startApp(t)
/** About a second of MP3. */
const second = 16_000

t.test('a song that may be streamed is heard in every format, and one that may not is silent', async t => {
  const { creator, client, showId, address } = await openRadio(url)
  const [song, other] = await prepareSongs(url, creator, showId, [toneSong(1000, 20), toneSong(3000, 30)])
  await creator.rest('PATCH', `/v1/songs/${song!.id}`, { mayStream: true })
  const { playback } = await client.request('playback:play', {})
  t.equal(playback.item?.songId, song!.id)
  const formats = ['mp3', 'aac', 'opus'] as const
  const listeners = await Promise.all(formats.map(async format => await openStream(`${address}.${format}`)))
  t.same(
    listeners.map(({ response }) => [response.statusCode, response.headers['content-type']]),
    [
      [200, 'audio/mpeg'],
      [200, 'audio/aac'],
      [200, 'audio/ogg']
    ]
  )
  t.match(listeners[0]!.response.headers, {
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'transfer-encoding': undefined
  })
  for (const [n, listener] of listeners.entries()) {
    const sound = await soundOf(listener, 2500)
    t.ok(amplitudeOf(sound, 1000, 800) > 0.05, `the song is heard in ${formats[n]}`)
    t.ok(amplitudeOf(sound, 3000, 800) < 0.001)
  }
  t.same((await creator.rest<ShowProgram>('GET', `/v1/shows/${showId}/program`)).listeners, 3)

  const [mp3] = listeners
  await client.request('playback:next', {})
  await until(async () => amplitudeOf(await decodeSound(await mp3!.next(second)), 1000) < 0.0001)
  const silence = await decodeSound(await mp3!.next(second))
  t.ok(amplitudeOf(silence, 3000) < 0.0001, 'a song without the right is not heard')

  await creator.rest('PATCH', `/v1/songs/${other!.id}`, { mayStream: true })
  await until(async () => amplitudeOf(await decodeSound(await mp3!.next(second)), 3000) > 0.05)
  await creator.rest('PATCH', `/v1/songs/${other!.id}`, { mayStream: false })
  await until(async () => amplitudeOf(await decodeSound(await mp3!.next(second)), 3000) < 0.0001)
  t.pass('a right that is given and withdrawn in the middle of a song counts at once')
  for (const listener of listeners) listener.close()
})

/** Returns what a listener has heard, once it is this long. The formats compress a tone differently. */
async function soundOf(listener: StreamListener, ms: number): Promise<Float32Array> {
  for (;;) {
    const sound = await decodeSound(listener.bytes())
    if (sound.length >= ms * 48) return sound
    await listener.next(1)
  }
}
