import t from 'tap'
import { goLive } from '../users.ts'
import { startServer } from '../server-process.ts'
import type { Visitor } from './browser.ts'
import { signInVisitor, joinShow } from './show-steps.ts'
import { clockStartMs, heardStartMs, prepareSongs, sweepPositionMs, sweepSong, toneSong } from './test-songs.ts'
import { framesSince, median, recordSound, silenceLevel, waitForFrames, type Frame } from './sound-recorder.ts'

const server = await startServer()
const { creator, client, showId } = await goLive(server.url)
const address = `${server.url}/shows/${showId}`
const listener = await signInVisitor(server.url, 'Listener', { bypassCSP: true })
const other = await signInVisitor(server.url, 'Another listener', { bypassCSP: true })
t.teardown(async () => {
  client.disconnect()
  await Promise.all([listener, other].map(async visitor => await visitor.close()))
  await server.close()
})

/** Maximum difference between two listeners. */
const maxApartMs = 100
/** Maximum delay and deviation of a seek or pause. */
const maxSeekMs = 200
/** Maximum deviation after resuming: decoders take a moment to start again. */
const maxResumeMs = 300
/** A busy machine can only delay the sound, so the quickest of several attempts counts. */
const attempts = 5
const quickest = (delays: readonly number[]) => Math.min(...delays)
const nearest = (errors: readonly number[]) => Math.min(...errors.map(Math.abs))

async function listen(visitor: Visitor): Promise<void> {
  await recordSound(visitor)
  await joinShow(visitor, address)
}

const hasPitch = (hz: number) => (frame: Frame) => frame.level > silenceLevel && Math.abs(frame.hz - hz) < 5

await prepareSongs(server.url, creator, showId, [toneSong(440, 60), toneSong(880, 60), sweepSong(40)])
await Promise.all([listen(listener), listen(other)])

t.test('a listener hears the first song, and the second after a skip', async t => {
  const startedAt = Date.now()
  await client.request('playback:play', {})
  const first = await waitForFrames(listener.page, startedAt, hasPitch(440))
  t.comment(`${median(first.map(({ hz }) => hz)).toFixed(1)} Hz`)
  const { playback } = await client.request('playback:next', {})
  const second = await waitForFrames(listener.page, playback.at, hasPitch(880))
  t.comment(`${median(second.map(({ hz }) => hz)).toFixed(1)} Hz`)
  t.ok(
    (await framesSince(listener.page, second.at(-1)!.at)).every(frame => !hasPitch(440)(frame)),
    'the first song is over'
  )
})

t.test('two listeners hear the same position of a song at the same time', async t => {
  const { playback } = await client.request('playback:next', {})
  const isSweep = (frame: Frame) => frame.level > silenceLevel && sweepPositionMs(frame) > 1000
  const measured = await Promise.all(
    [listener, other].map(async ({ page }) => heardStartMs(await waitForFrames(page, playback.at, isSweep, 100)))
  )
  const apartMs = Math.abs(measured[0]! - measured[1]!)
  const delays = measured.map(start => (start - clockStartMs(playback)).toFixed(0))
  t.comment(`${apartMs.toFixed(0)} ms apart; ${delays.join(' and ')} ms after the room's clock`)
  t.ok(apartMs <= maxApartMs, `${apartMs} ms apart`)
})

t.test('a seek is heard at once, at the requested position', async t => {
  const lags: number[] = []
  const errors: number[] = []
  for (let n = 0; n < attempts; n++) {
    const positionMs = n % 2 === 0 ? 20_000 : 8000
    const { playback } = await client.request('playback:play', { positionMs })
    const answeredAt = Date.now()
    const isThere = (frame: Frame) => frame.level > silenceLevel && Math.abs(sweepPositionMs(frame) - positionMs) < 2000
    const frames = await waitForFrames(listener.page, playback.at, isThere, 25)
    lags.push(frames[0]!.at - answeredAt)
    errors.push(heardStartMs(frames) - clockStartMs(playback))
  }
  t.comment(
    `heard ${lags.join(', ')} ms after the answer; off by ${errors.map(error => error.toFixed(0)).join(', ')} ms`
  )
  t.ok(quickest(lags) <= maxSeekMs, `heard ${quickest(lags)} ms after the answer`)
  t.ok(nearest(errors) <= maxSeekMs, `off by ${nearest(errors)} ms`)
})

t.test('a pause is silent at once, and resuming continues at the same position', async t => {
  const lags: number[] = []
  const errors: number[] = []
  await client.request('playback:play', { positionMs: 5000 })
  for (let n = 0; n < attempts; n++) {
    const { playback: paused } = await client.request('playback:pause', {})
    const answeredAt = Date.now()
    const [still] = await waitForFrames(listener.page, answeredAt, ({ level }) => level < silenceLevel, 3)
    lags.push(still!.at - answeredAt)
    const { playback } = await client.request('playback:play', {})
    t.equal(playback.positionMs, paused.positionMs)
    errors.push(
      heardStartMs(
        await waitForFrames(listener.page, playback.at, ({ level, hz }) => level > silenceLevel && hz > 0, 25)
      ) - clockStartMs(playback)
    )
  }
  t.comment(`silent ${lags.join(', ')} ms after the answer`)
  t.comment(`off by ${errors.map(error => error.toFixed(0)).join(', ')} ms afterwards`)
  t.ok(quickest(lags) <= maxSeekMs, `silent ${quickest(lags)} ms after the answer`)
  t.ok(nearest(errors) <= maxResumeMs, `off by ${nearest(errors)} ms afterwards`)
})
