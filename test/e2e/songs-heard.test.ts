import t from 'tap'
import { goLive } from '../users.ts'
import { startServer } from '../server-process.ts'
import type { Visitor } from './browser.ts'
import { arrive, listenTo } from './moves.ts'
import { clockStart, heardStart, prepareSongs, sweepPositionMs, sweepSong, toneSong } from './known-songs.ts'
import { median, playedSince, recordSound, untilPlays, type Frame } from './sound-recorder.ts'

const server = await startServer()
const { creator, client, showId } = await goLive(server.url)
const address = `${server.url}/shows/${showId}`
const listener = await arrive(server.url, 'Listener', { bypassCSP: true })
const other = await arrive(server.url, 'Another listener', { bypassCSP: true })
t.teardown(async () => {
  client.disconnect()
  await Promise.all([listener, other].map(async visitor => await visitor.close()))
  await server.close()
})

/** Less than this is nothing to hear. */
const silence = 0.002
/** What the issue allows. */
const apartMs = 100
const landsWithinMs = 200
/** Decoders take some time to begin again; it is the place that counts. */
const resumesWithinMs = 300
/** A busy machine can only delay what is heard, so of several tries the quickest counts. */
const tries = 5
const quickest = (delays: readonly number[]) => Math.min(...delays)
const nearest = (errors: readonly number[]) => Math.min(...errors.map(Math.abs))

async function listen(visitor: Visitor): Promise<void> {
  await recordSound(visitor)
  await listenTo(visitor, address)
}

const sounds = (hz: number) => (frame: Frame) => frame.level > silence && Math.abs(frame.hz - hz) < 5

await prepareSongs(server.url, creator, showId, [toneSong(440, 60), toneSong(880, 60), sweepSong(40)])
await Promise.all([listen(listener), listen(other)])

t.test('a listener hears the first song and, after next, the second', async t => {
  const begun = Date.now()
  await client.request('playback:play', {})
  const first = await untilPlays(listener.page, begun, sounds(440))
  t.comment(`${median(first.map(({ hz }) => hz)).toFixed(1)} Hz`)
  const { playback } = await client.request('playback:next', {})
  const second = await untilPlays(listener.page, playback.at, sounds(880))
  t.comment(`${median(second.map(({ hz }) => hz)).toFixed(1)} Hz`)
  t.ok(
    (await playedSince(listener.page, second.at(-1)!.at)).every(frame => !sounds(440)(frame)),
    'and no more of the first'
  )
})

t.test('listeners hear the same moment of a song', async t => {
  const { playback } = await client.request('playback:next', {})
  const isSweep = (frame: Frame) => frame.level > silence && sweepPositionMs(frame) > 1000
  const measured = await Promise.all(
    [listener, other].map(async ({ page }) => heardStart(await untilPlays(page, playback.at, isSweep, 100)))
  )
  const apart = Math.abs(measured[0]! - measured[1]!)
  t.comment(
    `${apart.toFixed(0)} ms apart; ${measured.map(start => (start - clockStart(playback)).toFixed(0)).join(' and ')} ms after the room's clock`
  )
  t.ok(apart <= apartMs, `${apart} ms apart`)
})

t.test('seeking lands at once, where it was said', async t => {
  const lags: number[] = []
  const errors: number[] = []
  for (let n = 0; n < tries; n++) {
    const positionMs = n % 2 === 0 ? 20_000 : 8000
    const { playback } = await client.request('playback:play', { positionMs })
    const answeredAt = Date.now()
    const isThere = (frame: Frame) => frame.level > silence && Math.abs(sweepPositionMs(frame) - positionMs) < 2000
    const frames = await untilPlays(listener.page, playback.at, isThere, 25)
    lags.push(frames[0]!.at - answeredAt)
    errors.push(heardStart(frames) - clockStart(playback))
  }
  t.comment(
    `heard ${lags.join(', ')} ms after the answer; off by ${errors.map(error => error.toFixed(0)).join(', ')} ms`
  )
  t.ok(quickest(lags) <= landsWithinMs, `heard ${quickest(lags)} ms after the answer`)
  t.ok(nearest(errors) <= landsWithinMs, `off by ${nearest(errors)} ms`)
})

t.test('pausing is silence at once, and resuming goes on from there', async t => {
  const lags: number[] = []
  const errors: number[] = []
  await client.request('playback:play', { positionMs: 5000 })
  for (let n = 0; n < tries; n++) {
    const { playback: paused } = await client.request('playback:pause', {})
    const answeredAt = Date.now()
    const [still] = await untilPlays(listener.page, answeredAt, ({ level }) => level < silence, 3)
    lags.push(still!.at - answeredAt)
    const { playback } = await client.request('playback:play', {})
    t.equal(playback.positionMs, paused.positionMs)
    errors.push(
      heardStart(await untilPlays(listener.page, playback.at, ({ level, hz }) => level > silence && hz > 0, 25)) -
        clockStart(playback)
    )
  }
  t.comment(
    `silent ${lags.join(', ')} ms after the answer; off by ${errors.map(error => error.toFixed(0)).join(', ')} ms afterwards`
  )
  t.ok(quickest(lags) <= landsWithinMs, `silent ${quickest(lags)} ms after the answer`)
  t.ok(nearest(errors) <= resumesWithinMs, `off by ${nearest(errors)} ms afterwards`)
})
