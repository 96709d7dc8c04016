import t from 'tap'
import { testAtNight } from '../depth.ts'
import { childrenOf } from '../load/process-cost.ts'
import { goLive as goLiveThroughApi, signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { heardStartMs, apiClientOf, prepareSongs, sweepSong, toneSong } from './test-songs.ts'
import { signInVisitor, requestToSpeak, goLive, joinShow, startSpeaking } from './show-steps.ts'
import { median, recordSound, silenceLevel, waitForFrames, type Frame } from './sound-recorder.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
const listener = await signInVisitor(server.url, 'Listener', { bypassCSP: true })
await recordSound(listener)
t.teardown(async () => {
  await listener.close()
  await server.close()
})

/** Maximum deviation between the position of a song and its clock. */
const toleranceMs = 200
const isSweep = (frame: Frame) => frame.level > silenceLevel && frame.hz > 350
/** Sound that is heard this long after the death of a worker comes from another worker. */
const bufferedMs = 1000
const toDb = (ratio: number) => 20 * Math.log10(ratio)

t.test('a voice lowers a song by the level of the show, and the song comes back', async t => {
  const levelDb = -18
  const { creator, client, showId } = await goLiveThroughApi(server.url, 'A song and a voice', {
    ducking: { on: true, levelDb }
  })
  const guest = await signInVisitor(server.url, 'Guest', { frequencyHz: 1500 })
  t.teardown(async () => {
    client.disconnect()
    await guest.close()
  })
  await prepareSongs(server.url, creator, showId, [toneSong(440, 120)])
  const address = `${server.url}/shows/${showId}`
  await Promise.all([joinShow(listener, address), joinShow(guest, address)])
  await client.request('playback:play', {})

  const measureFrom = async (sinceMs: number, matches: (level: number) => boolean) => {
    const frames = await waitForFrames(listener.page, sinceMs, ({ level }) => matches(level), 25)
    return { level: median(frames.map(({ level }) => level)), hz: median(frames.map(({ hz }) => hz)) }
  }
  const alone = await measureFrom(Date.now(), level => level > silenceLevel)
  t.ok(Math.abs(alone.hz - 440) < 5)

  const requested = client.waitForEvent('speak:requested')
  await requestToSpeak(guest)
  const { event } = await requested
  await client.request('speak:answer', { requestId: 'requestId' in event ? (event.requestId ?? '') : '', accept: true })
  const speakingSince = Date.now()
  await startSpeaking(guest)
  const lowered = await measureFrom(speakingSince, level => level < alone.level / 4)
  t.comment(`${toDb(lowered.level / alone.level).toFixed(1)} dB under the voice`)
  t.ok(Math.abs(toDb(lowered.level / alone.level) - levelDb) < 1, `${toDb(lowered.level / alone.level)} dB`)
  t.ok(Math.abs(lowered.hz - 440) < 5, 'the song still plays')

  await guest.page.getByRole('button', { name: 'Mute' }).click()
  const restored = await measureFrom(Date.now(), level => level > alone.level * 0.8)
  t.ok(Math.abs(toDb(restored.level / alone.level)) < 1)
})

t.test('a song continues at the position of the clock after its worker was killed', async t => {
  const { creator, client, showId } = await goLiveThroughApi(server.url, 'A worker dies')
  t.teardown(() => client.disconnect())
  await prepareSongs(server.url, creator, showId, [sweepSong(40)])
  await joinShow(listener, `${server.url}/shows/${showId}`)
  await client.request('playback:play', {})
  const before = await waitForFrames(listener.page, Date.now(), isSweep, 50)
  const [worker] = await childrenOf(server.pid, 'mediasoup-worker')
  process.kill(worker!, 'SIGKILL')
  const after = await waitForFrames(listener.page, Date.now() + bufferedMs, isSweep, 50)
  const deviationMs = heardStartMs(after) - heardStartMs(before)
  t.comment(`off by ${deviationMs.toFixed(0)} ms`)
  t.ok(Math.abs(deviationMs) <= toleranceMs, `off by ${deviationMs} ms`)
})

testAtNight(t, "a song continues when the creator's browser is closed", async t => {
  const host = await signInVisitor(server.url, 'Host', { ownBrowser: true })
  const address = await goLive(host, 'The creator goes')
  await prepareSongs(server.url, await apiClientOf(server.url, host), address.split('/').at(-1)!, [sweepSong(40)])
  await joinShow(listener, address)
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  const before = await waitForFrames(listener.page, Date.now(), isSweep, 50)
  const watcher = await (await signIn(server.url, 'Watcher')).connect()
  t.teardown(() => watcher.disconnect())
  await watcher.join(address.split('/').at(-1)!)
  const interrupted = watcher.waitForEvent('show:interrupted')
  await host.close()
  await interrupted
  const after = await waitForFrames(listener.page, Date.now(), isSweep, 100)
  const deviationMs = heardStartMs(after) - heardStartMs(before)
  t.comment(`off by ${deviationMs.toFixed(0)} ms`)
  t.ok(Math.abs(deviationMs) <= toleranceMs, `off by ${deviationMs} ms`)
})
