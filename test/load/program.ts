/*
 * npm run bench:program [-- LISTENERS]
 *
 * Streams one show with a song over HTTP, and listens to it through NGINX: first with one listener, then with LISTENERS
 * (500). Prints the CPU time and the memory of the mixer, of ffmpeg and of the server, in percent of one core. Asserts
 * nothing.
 */
import { once } from 'node:events'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareSongs, toneSong } from '../e2e/test-songs.ts'
import { startServer } from '../server-process.ts'
import { startNginx } from '../standins/nginx/start.ts'
import { goLive } from '../users.ts'
import { childrenOf, cpuMicros, residentKib } from './process-cost.ts'

const listeners = Number(process.argv[2] ?? 500)
const seconds = 15

/** Reads a stream as fast as it comes; returns the count of bytes. */
async function listen(url: string): Promise<() => number> {
  const asked = request(url, { agent: false })
  asked.end()
  const [response] = await once(asked, 'response')
  if (response.statusCode !== 200) throw new Error(`the stream was answered with ${response.statusCode}`)
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  return () => bytes
}

/** Prints what each process takes in the next seconds. */
async function print(title: string, pids: Record<string, number>): Promise<void> {
  const names = Object.keys(pids)
  const read = async () => await Promise.all(Object.values(pids).map(cpuMicros))
  const before = await read()
  await sleep(seconds * 1000)
  const after = await read()
  const memory = await Promise.all(Object.values(pids).map(residentKib))
  const lines = names.map((name, n) => {
    const percent = ((after[n] ?? 0) - (before[n] ?? 0)) / (seconds * 10_000)
    return `  ${name}: ${percent.toFixed(1)} % of a core, ${Math.round((memory[n] ?? 0) / 1024)} MB`
  })
  console.log([title, ...lines].join('\n'))
}

const server = await startServer({
  LIMIT_STREAM_LISTENERS_PER_ADDRESS: '100000',
  LIMIT_REST_PER_MINUTE: '100000',
  LOG_LEVEL: 'warn'
})
const front = await startNginx({ nodes: [server.url], settings: { AMBIENT_STREAMS_AT_ONCE: '60000' } })
try {
  const { creator, client, showId } = await goLive(server.url, 'A show', { program: true })
  const [song] = await prepareSongs(server.url, creator, showId, [toneSong(440, 120)])
  await creator.rest('PATCH', `/v1/songs/${song?.id}`, { mayStream: true })
  await print('The server with a live show that is not streamed', { server: server.pid })
  await client.request('playback:play', {})
  const address = `${front.url}/live/${showId}.mp3`
  const first = await listen(address)
  await sleep(3000)
  // Node.js names its main thread.
  const [mixer] = await childrenOf(server.pid, 'MainThread')
  const [ffmpeg] = mixer === undefined ? [] : await childrenOf(mixer, 'ffmpeg')
  if (mixer === undefined || ffmpeg === undefined) throw new Error('the show is not encoded')
  const pids = { server: server.pid, mixer, ffmpeg }
  await print('One listener', pids)
  for (let n = 1; n < listeners; n++) await listen(address)
  const before = first()
  await print(`${listeners} listeners of MP3 behind NGINX`, pids)
  console.log(`  the first listener got ${((first() - before) / seconds / 125).toFixed(0)} kb/s`)
} finally {
  await front.close()
  await server.close()
}
process.exit()
