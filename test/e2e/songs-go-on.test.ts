import t from 'tap'
import { childrenOf } from '../load/process-cost.ts'
import { goLive as goLiveByHand, signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { heardStart, ownerAt, prepareSongs, sweepSong, toneSong } from './known-songs.ts'
import { arrive, ask, goLive, listenTo, speak } from './moves.ts'
import { median, recordSound, untilPlays, type Frame } from './sound-recorder.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
const listener = await arrive(server.url, 'Listener', { bypassCSP: true })
await recordSound(listener)
t.teardown(async () => {
  await listener.close()
  await server.close()
})

const silence = 0.002
/** What may be between where a song is and where it should be. */
const offMs = 200
const isSweep = (frame: Frame) => frame.level > silence && frame.hz > 350
/** What is heard so long after a worker's death did not come from there. */
const staleMs = 1000
const inDb = (ratio: number) => 20 * Math.log10(ratio)

t.test('a song makes way for a voice, by what the show says, and comes back', async t => {
  const levelDb = -18
  const { creator, client, showId } = await goLiveByHand(server.url, 'A song and a voice', {
    ducking: { on: true, levelDb }
  })
  const guest = await arrive(server.url, 'Guest', { frequencyHz: 1500 })
  t.teardown(async () => {
    client.disconnect()
    await guest.close()
  })
  await prepareSongs(server.url, creator, showId, [toneSong(440, 120)])
  const address = `${server.url}/shows/${showId}`
  await Promise.all([listenTo(listener, address), listenTo(guest, address)])
  await client.request('playback:play', {})

  const heardFrom = async (sinceMs: number, fits: (level: number) => boolean) => {
    const frames = await untilPlays(listener.page, sinceMs, ({ level }) => fits(level), 25)
    return { level: median(frames.map(({ level }) => level)), hz: median(frames.map(({ hz }) => hz)) }
  }
  const alone = await heardFrom(Date.now(), level => level > silence)
  t.ok(Math.abs(alone.hz - 440) < 5)

  const requested = client.waitForEvent('speak:requested')
  await ask(guest)
  const { event } = await requested
  await client.request('speak:answer', { requestId: 'requestId' in event ? (event.requestId ?? '') : '', accept: true })
  const speaking = Date.now()
  await speak(guest)
  const under = await heardFrom(speaking, level => level < alone.level / 4)
  t.comment(`${inDb(under.level / alone.level).toFixed(1)} dB under the voice`)
  t.ok(Math.abs(inDb(under.level / alone.level) - levelDb) < 1, `${inDb(under.level / alone.level)} dB`)
  t.ok(Math.abs(under.hz - 440) < 5, 'it is the song still')

  await guest.page.getByRole('button', { name: 'Mute' }).click()
  const after = await heardFrom(Date.now(), level => level > alone.level * 0.8)
  t.ok(Math.abs(inDb(after.level / alone.level)) < 1)
})

t.test('a song goes on where the clock is when the worker is killed', async t => {
  const { creator, client, showId } = await goLiveByHand(server.url, 'A worker dies')
  t.teardown(() => client.disconnect())
  await prepareSongs(server.url, creator, showId, [sweepSong(40)])
  await listenTo(listener, `${server.url}/shows/${showId}`)
  await client.request('playback:play', {})
  const before = await untilPlays(listener.page, Date.now(), isSweep, 50)
  const [worker] = await childrenOf(server.pid, 'mediasoup-worker')
  process.kill(worker!, 'SIGKILL')
  const after = await untilPlays(listener.page, Date.now() + staleMs, isSweep, 50)
  const off = heardStart(after) - heardStart(before)
  t.comment(`off by ${off.toFixed(0)} ms`)
  t.ok(Math.abs(off) <= offMs, `off by ${off} ms`)
})

t.test("a song goes on when the creator's browser is closed", async t => {
  const host = await arrive(server.url, 'Host')
  const address = await goLive(host, 'The creator goes')
  await prepareSongs(server.url, await ownerAt(server.url, host), address.split('/').at(-1)!, [sweepSong(40)])
  await listenTo(listener, address)
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  const before = await untilPlays(listener.page, Date.now(), isSweep, 50)
  const watcher = await (await signIn(server.url, 'Watcher')).connect()
  t.teardown(() => watcher.disconnect())
  await watcher.join(address.split('/').at(-1)!)
  const interrupted = watcher.waitForEvent('show:interrupted')
  await host.close()
  await interrupted
  const after = await untilPlays(listener.page, Date.now(), isSweep, 100)
  const off = heardStart(after) - heardStart(before)
  t.comment(`off by ${off.toFixed(0)} ms`)
  t.ok(Math.abs(off) <= offMs, `off by ${off} ms`)
})
