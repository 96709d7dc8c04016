import t, { type Test } from 'tap'
import { prepareSongs, toneSong } from '../../e2e/test-songs.ts'
import { amplitudeOf, decodeSound } from '../../tones.ts'
import { startApp } from '../real-app.ts'
import { openRadio } from './listening.ts'

const { url } = await startApp(t)

const { creator, client, showId, address } = await openRadio(url)
const base = `${address}/hls`

async function get(path: string) {
  const response = await fetch(`${base}/${path}`)
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
}

/** The values of a tag, in order. */
const valuesOf = (playlist: string, tag: string): string[] =>
  playlist.split('\n').flatMap(line => (line.startsWith(`#${tag}:`) ? [line.slice(tag.length + 2)] : []))
const attributeOf = (value: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="?([^",]+)`).exec(value)?.[1] ?? ''
const partNamesIn = (playlist: string) => valuesOf(playlist, 'EXT-X-PART').map(part => attributeOf(part, 'URI'))

/** Checks a media playlist against the rules of RFC 8216bis for servers. */
function checkRules(t: Test, playlist: string): void {
  const lines = playlist.trimEnd().split('\n')
  t.equal(lines[0], '#EXTM3U')
  t.same(
    new Set(lines.filter(line => line.startsWith('#')).map(line => line.split(':')[0])).has('#EXT-X-ENDLIST'),
    false
  )
  const target = Number(valuesOf(playlist, 'EXT-X-TARGETDURATION')[0])
  const partTarget = Number(attributeOf(valuesOf(playlist, 'EXT-X-PART-INF')[0]!, 'PART-TARGET'))
  const control = valuesOf(playlist, 'EXT-X-SERVER-CONTROL')[0]!
  t.equal(attributeOf(control, 'CAN-BLOCK-RELOAD'), 'YES')
  t.ok(Number(attributeOf(control, 'PART-HOLD-BACK')) >= 3 * partTarget, 'PART-HOLD-BACK: at least three parts')
  t.ok(Number(attributeOf(control, 'HOLD-BACK')) >= 3 * target, 'HOLD-BACK: at least three segments')
  for (const extinf of valuesOf(playlist, 'EXTINF')) t.ok(Math.round(parseFloat(extinf)) <= target, 'EXTINF fits')
  const durations = valuesOf(playlist, 'EXT-X-PART').map(part => Number(attributeOf(part, 'DURATION')))
  for (const duration of durations) {
    t.ok(duration <= partTarget + 1e-6 && duration >= 0.85 * partTarget, `part of ${duration} s, target ${partTarget}`)
  }
  t.equal(valuesOf(playlist, 'EXT-X-MAP').length, 1, 'one head')
  const hint = valuesOf(playlist, 'EXT-X-PRELOAD-HINT')
  t.equal(hint.length, 1)
  t.notOk(partNamesIn(playlist).includes(attributeOf(hint[0]!, 'URI')), 'the hint names the part after the last')
  const dates = valuesOf(playlist, 'EXT-X-PROGRAM-DATE-TIME').map(Date.parse)
  const whole = valuesOf(playlist, 'EXTINF').map(parseFloat)
  for (const [n, date] of dates.slice(1).entries()) {
    t.ok(Math.abs(date - dates[n]! - whole[n]! * 1000) <= 2, 'dates follow the durations')
  }
}

t.test('playlists follow the published rules, and reloads wait for the asked part', async t => {
  const [song] = await prepareSongs(url, creator, showId, [toneSong(1000, 30)])
  await creator.rest('PATCH', `/v1/songs/${song!.id}`, { mayStream: true })
  await client.request('playback:play', {})
  t.equal((await get('audio.m3u8')).status, 404, 'nothing is encoded before the first listener')
  t.equal((await fetch(`${base}/index.m3u8`, { method: 'HEAD' })).status, 200)
  const index = await get('index.m3u8')
  t.equal(index.headers.get('content-type'), 'application/vnd.apple.mpegurl')
  t.match(index.body.toString(), /#EXT-X-STREAM-INF:BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+,CODECS="mp4a.40.2"\naudio.m3u8/)

  const first = await get('audio.m3u8')
  t.match(Object.fromEntries(first.headers), {
    'cache-control': 'public, max-age=1',
    'access-control-allow-origin': '*',
    vary: undefined
  })
  let playlist = first.body.toString()
  checkRules(t, playlist)
  const head = await get(attributeOf(valuesOf(playlist, 'EXT-X-MAP')[0]!, 'URI'))
  const bytes = [head.body]
  t.equal(head.headers.get('cache-control'), 'public, max-age=60, immutable')

  const taken = new Set<string>()
  for (let n = 0; n < 8; n++) {
    const segments = playlist.split('\n').filter(line => line.endsWith('.m4s') && !line.startsWith('#'))
    const sequence = Number(valuesOf(playlist, 'EXT-X-MEDIA-SEQUENCE')[0]) + segments.length
    const parts = partNamesIn(playlist).filter(name => name.includes(`-${sequence}-`))
    const hinted = attributeOf(valuesOf(playlist, 'EXT-X-PRELOAD-HINT')[0]!, 'URI')
    const [next, part] = await Promise.all([
      get(`audio.m3u8?_HLS_msn=${sequence}&_HLS_part=${parts.length}`),
      get(hinted)
    ])
    t.equal(part.status, 200, 'a hinted part is answered when it is there')
    playlist = next.body.toString()
    t.ok(partNamesIn(playlist).includes(hinted), 'the reload has waited for the part')
    checkRules(t, playlist)
    taken.add(hinted)
    bytes.push(part.body)
  }
  const sound = await decodeSound(Buffer.concat(bytes))
  t.ok(sound.length / 48 > 8 * 500, `${taken.size} parts in a row are whole: ${sound.length / 48} ms`)
  t.ok(amplitudeOf(sound, 1000, 200) > 0.05, 'the song is heard')

  const newest = valuesOf(playlist, 'EXT-X-PROGRAM-DATE-TIME').map(Date.parse).at(-1)!
  t.ok(Math.abs(Date.now() - newest) < 4000, `the newest segment began ${Date.now() - newest} ms ago`)
  const sequence = Number(valuesOf(playlist, 'EXT-X-MEDIA-SEQUENCE')[0])
  t.equal((await get(`audio.m3u8?_HLS_msn=${sequence + 1000}`)).status, 400, 'a segment far in the future')
  t.equal((await get('audio.m3u8?_HLS_part=1')).status, 400, 'a part without a segment')
  t.equal((await get('no-such-1.m4s')).status, 404)
  t.same((await creator.rest<{ listeners: number }>('GET', `/v1/shows/${showId}/program`)).listeners, 1)
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  t.equal((await get('audio.m3u8')).status, 404)
})
