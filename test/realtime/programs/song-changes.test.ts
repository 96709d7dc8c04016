import t from 'tap'
import { prepareSongs, toneSong } from '../../e2e/test-songs.ts'
import { amplitudesOf, decodeSound } from '../../tones.ts'
import { startApp } from '../real-app.ts'
import { openRadio, openStream } from './listening.ts'

const { url } = await startApp(t)

t.test('songs that follow each other without a gap are heard by their own rights, whole or not at all', async t => {
  const { creator, client, showId, address } = await openRadio(url)
  const songs = [
    { hz: 1000, mayStream: false },
    { hz: 2000, mayStream: true },
    { hz: 3000, mayStream: true },
    { hz: 4000, mayStream: false }
  ]
  const seconds = 3
  const stored = await prepareSongs(
    url,
    creator,
    showId,
    songs.map(({ hz }) => toneSong(hz, seconds))
  )
  for (const [n, { mayStream }] of songs.entries()) {
    await creator.rest('PATCH', `/v1/songs/${stored[n]!.id}`, { mayStream })
  }
  const listener = await openStream(`${address}.mp3`)
  await listener.next(16_000)
  await client.request('playback:play', {})
  await client.waitForEvent('playback:changed', event => 'playback' in event && event.playback.status === 'stopped')
  // The buffered rest is heard.
  await listener.next(2 * 16_000)
  const sound = await decodeSound(listener.bytes())
  listener.close()
  for (const { hz, mayStream } of songs) {
    const amplitudes = amplitudesOf(sound, hz, 40)
    const heardMs = 40 * amplitudes.filter(amplitude => amplitude > 0.05).length
    const loudest = Math.max(...amplitudes)
    if (mayStream) t.ok(Math.abs(heardMs - seconds * 1000) <= 120, `${hz} Hz is heard for ${heardMs} ms`)
    else t.ok(loudest < 0.005, `${hz} Hz is not heard: ${loudest}`)
  }
})
