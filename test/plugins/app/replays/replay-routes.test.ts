import t from 'tap'
import type { Replay } from '../../../../contract/replays.ts'
import { tonesIn } from '../../../goertzel.ts'
import { sendRequest } from '../../../http-request.ts'
import { recordShow } from '../../../recorded-show.ts'
import { createTwoColorPicture } from '../../../routes/users/pictures.ts'
import { signIn } from '../../../users.ts'
import { audioOf, mixedReplay, planShowWithSong } from './recorded.ts'

const { app, url, creator, planned } = await planShowWithSong(t)
const stranger = await signIn(url, 'Stranger')

t.test('a recorded show gets a replay, which its creator publishes', async t => {
  const { showId, startedAtMs } = await recordShow(app, planned)
  const path = `/v1/shows/${showId}/replay`
  const replay = await mixedReplay(app, creator, showId)
  t.match(replay, { status: 'ready', publishedAt: null, durationMs: 16_000, untrimmedMs: 16_000, captionsUrl: null })
  t.same(replay.stretches, [{ atMs: 0, durationMs: 16_000, showAt: startedAtMs }])
  t.match(replay.items, [{ atMs: 9500, durationMs: 4000, played: true }])
  t.same(
    replay.speakers.map(({ person }) => person.displayName),
    ['Creator <&>', 'Guest']
  )
  t.equal(replay.peaks.length, 160)

  t.equal((await sendRequest(url, 'GET', path)).status, 404, 'not published')
  t.equal((await sendRequest(url, 'GET', path, { token: stranger.token })).status, 404)
  t.equal((await sendRequest(url, 'GET', `${path}/audio.mp3`)).status, 404)
  const [opus] = replay.audio
  t.match(opus?.url, /\?ticket=/)
  const sound = await audioOf(t, url, opus?.url ?? '')
  for (const [frequency, from, to] of [
    [440, 0, 6000],
    [1000, 4000, 9000],
    [2500, 9500, 13_500]
  ] as const) {
    const [[start, end] = [NaN, NaN]] = tonesIn(sound, frequency)
    t.ok(Math.abs(start - from) <= 50 && Math.abs(end - to) <= 50, `${frequency} Hz from ${start} to ${end}`)
  }

  const published = await creator.rest<Replay>('PATCH', path, { published: true, version: replay.version })
  t.ok(published.publishedAt)
  t.equal(
    (
      await sendRequest(url, 'PATCH', path, {
        token: creator.token,
        body: { published: false, version: replay.version }
      })
    ).status,
    409
  )
  const shown = await sendRequest<Replay>(url, 'GET', path)
  t.equal(shown.status, 200)
  t.equal(shown.body.audio[1]?.url, `${path}/audio.mp3`, 'a plain address')
  const part = await fetch(`${url}${path}/audio.mp3`, { headers: { range: 'bytes=0-99' } })
  t.equal(part.status, 206)
  t.equal((await part.arrayBuffer()).byteLength, 100)
  const head = await fetch(`${url}${path}/audio.mp3`, { method: 'HEAD' })
  t.equal(head.headers.get('content-length'), String(shown.body.audio[1]?.sizeBytes))
  t.equal(
    (await fetch(`${url}${path}/audio.mp3`, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } })).status,
    304
  )
  const chapters = await fetch(`${url}${path}/chapters.json`)
  t.match(await chapters.json(), { version: '1.2.0', chapters: [{ startTime: 0 }] })
  t.equal(chapters.headers.get('access-control-allow-origin'), '*', 'for podcast players on other websites')
  t.equal(chapters.headers.get('cache-control'), 'public, no-cache')

  const picture = await createTwoColorPicture(9, 9).png().toBuffer()
  const { coverUrl } = await app.showCovers.replace(showId, creator.id, async () => picture)
  t.equal((await sendRequest<Replay>(url, 'GET', path)).body.coverUrl, coverUrl)

  const feed = await fetch(`${url}/v1/users/${creator.id}/feed.xml`)
  const xml = await feed.text()
  t.match(feed.headers.get('content-type'), /^application\/rss\+xml/)
  t.match(xml, /<title>Creator &lt;&amp;&gt;<\/title>/)
  t.match(xml, new RegExp(`<itunes:image href="http[^"]*${coverUrl}"/>`))
  t.match(xml, new RegExp(`<enclosure url="[^"]*${path}/audio.mp3" length="${shown.body.audio[1]?.sizeBytes}"`))
  const again = await fetch(`${url}/v1/users/${creator.id}/feed.xml`, {
    headers: { 'if-none-match': feed.headers.get('etag') ?? '' }
  })
  t.equal(again.status, 304)

  await creator.rest('PUT', `/v1/users/me/blocks/${stranger.id}`)
  t.equal((await sendRequest(url, 'GET', path, { token: stranger.token })).status, 404, 'a blocked person')
  await creator.rest('DELETE', `/v1/users/me/blocks/${stranger.id}`)

  await creator.rest('DELETE', path)
  t.equal((await sendRequest(url, 'GET', path, { token: creator.token })).status, 404)
  t.equal((await sendRequest(url, 'GET', `${path}/audio.mp3`)).status, 404)
  t.same(await app.recordings.stintsOf(showId), [], 'the recording is gone too')
})
