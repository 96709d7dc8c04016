import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type Hls from 'hls.js'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { openVisitor } from './browser.ts'
import { goLive, showIdOf, signInVisitor } from './show-steps.ts'
import { apiClientOf } from './test-songs.ts'

/** The delay behind the room that the stream promises. */
const maxLatencyMs = 4000
const measuredMs = 12_000
const betweenMs = 100

const server = await startServer()
t.teardown(async () => await server.close())

/** Another website with a player of its own. */
const player = readFileSync(join(import.meta.dirname, '..', '..', 'node_modules', 'hls.js', 'dist', 'hls.min.js'))
const website = createServer((request, response) => {
  const isPage = request.url === '/'
  response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript')
  response.end(isPage ? '<!doctype html><title>Radio</title><audio></audio><script src="/hls.js"></script>' : player)
})
website.listen(0, '127.0.0.1')
await once(website, 'listening')
t.teardown(() => website.close())

t.test('a player for HLS on another website is close behind the room', async t => {
  const host = await signInVisitor(server.url, 'Mira')
  t.teardown(async () => await host.close())
  const showId = showIdOf(await goLive(host, 'Songs from the kitchen'))
  const api = await apiClientOf(server.url, host)
  await api.rest('PATCH', `/v1/shows/${showId}`, { settings: { program: true } })

  const visitor = await openVisitor()
  t.teardown(async () => await visitor.close())
  await visitor.page.goto(`http://127.0.0.1:${(website.address() as AddressInfo).port}/`)
  const heard = await visitor.page.evaluate(listen, {
    url: `${server.url}/live/${showId}/hls/index.m3u8`,
    count: measuredMs / betweenMs,
    betweenMs
  })
  const latency = percentile95(heard.latenciesMs)
  const behind = percentile95(heard.behindMs)
  t.comment(`p95 behind the room: ${behind} ms by the dates of the stream, ${latency} ms by the player`)
  t.same(heard.errors, [], 'nothing fails')
  t.ok(behind > 0 && behind <= maxLatencyMs, `${behind} ms by the dates of the stream`)
  t.ok(latency > 0 && latency <= maxLatencyMs, `${latency} ms by the player`)
  t.ok(heard.playedMs > 0.9 * measuredMs, `plays without a break: ${heard.playedMs} ms`)
  t.ok(heard.peak > 0.01, `the speaker is heard: ${heard.peak}`)
})

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.ceil(sorted.length * 0.95) - 1] ?? NaN)
}

interface Heard {
  /** The delay as the player computes it from the playlist. */
  latenciesMs: number[]
  /** The delay by the date of the sound that plays. */
  behindMs: number[]
  playedMs: number
  /** The loudest sample. */
  peak: number
  /** Errors that the player could not repair. */
  errors: string[]
}

/** Runs in the page: plays a stream, and measures once it has found its place. */
async function listen(task: { url: string; count: number; betweenMs: number }): Promise<Heard> {
  const { Hls: Player } = window as unknown as { Hls: typeof Hls }
  const audio = document.querySelector('audio')!
  const heard: Heard = { latenciesMs: [], behindMs: [], playedMs: 0, peak: 0, errors: [] }
  const pause = async () => await new Promise(resolve => setTimeout(resolve, task.betweenMs))
  const hls = new Player({ lowLatencyMode: true })
  hls.on(Player.Events.ERROR, (_, { fatal, details }) => {
    if (fatal) heard.errors.push(details)
  })
  hls.loadSource(task.url)
  hls.attachMedia(audio)
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  context.createMediaElementSource(audio).connect(analyser).connect(context.destination)
  await audio.play()
  while (audio.currentTime === 0 || hls.playingDate === null) await pause()

  const samples = new Float32Array(analyser.fftSize)
  const from = audio.currentTime
  for (let n = 0; n < task.count; n++) {
    await pause()
    heard.latenciesMs.push(hls.latency * 1000)
    heard.behindMs.push(Date.now() - (hls.playingDate?.getTime() ?? NaN))
    analyser.getFloatTimeDomainData(samples)
    heard.peak = Math.max(heard.peak, ...samples)
  }
  heard.playedMs = (audio.currentTime - from) * 1000
  hls.destroy()
  return heard
}
