import t from 'tap'
import { prepareSongs, toneSong } from '../../e2e/test-songs.ts'
import { decodeSound } from '../../tones.ts'
import { startApp, until } from '../real-app.ts'
import { openRadio, openStream } from './listening.ts'

const { url } = await startApp(t)

t.test('titles are sent to players that ask', async t => {
  const { creator, client, showId, address } = await openRadio(url)
  const [song] = await prepareSongs(url, creator, showId, [toneSong(1000, 20)])
  await creator.rest('PATCH', `/v1/songs/${song!.id}`, { mayStream: true, title: "It's a song", artist: 'Somebody' })
  const listener = await openStream(`${address}.mp3`, { 'icy-metadata': '1' })
  t.equal(listener.response.headers['icy-metaint'], '16000')
  await listener.next(17_000)
  const [first] = titlesIn(listener.bytes())
  t.equal(first, 'A "radio" show')
  await client.request('playback:play', {})
  await until(() => titlesIn(listener.bytes()).some(title => title === "Somebody - It's a song"))
  const { audio } = withoutTitles(listener.bytes())
  t.ok((await decodeSound(audio)).length > 48_000, 'the audio between the titles is whole')
  listener.close()
})

/** Takes a stream with titles apart. */
function withoutTitles(bytes: Buffer): { audio: Buffer; titles: string[] } {
  const audio: Buffer[] = []
  const titles: string[] = []
  for (let at = 0; at < bytes.length;) {
    audio.push(bytes.subarray(at, at + 16_000))
    at += 16_000
    const length = (bytes[at] ?? 0) * 16
    const [, title] = /^StreamTitle='(.*)';\0*$/s.exec(bytes.toString('utf8', at + 1, at + 1 + length)) ?? []
    if (title !== undefined) titles.push(title)
    at += 1 + length
  }
  return { audio: Buffer.concat(audio), titles }
}

function titlesIn(bytes: Buffer): string[] {
  return withoutTitles(bytes).titles
}
