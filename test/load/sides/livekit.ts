import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuTimeOfTree } from '../cpu-time.ts'
import { buildGoProgram } from '../go-program.ts'
import { countDrained, startPeerProgram, type PeerProgram } from '../peer-program.ts'
import { inBatches, loadCore, serverCore, type MeasuredRoom } from './side.ts'

const moduleFolder = join(import.meta.dirname, '..', 'livekit-server')
const serverPackage = 'github.com/livekit/livekit-server/cmd/server'
const startTimeoutMs = 20_000
const key = 'bench'
const secret = 'secret-of-this-benchmark-and-of-nothing-else'

/** The kind of track that each participant publishes or hears. */
export interface LiveKitOptions {
  speakers: number
  listeners: number
  /** Whether voices are sent and heard with redundancy, the default of LiveKit's clients in browsers. */
  isRedundant: boolean
  /** Whether a further participant publishes a stereo track, for songs. It is the last speaker. */
  hasSong?: boolean
  /** Further lines of the configuration below `rtc`. */
  rtc?: readonly string[]
}

interface RoomAddress {
  url: string
  key: string
  secret: string
  room: string
  identity: string
  publishes: 'opus' | 'red' | ''
  hearsRed: boolean
  isStereo: boolean
}

/** Returns the version of LiveKit that the module pins. */
export async function liveKitVersion(): Promise<string> {
  const [, version = ''] = /livekit-server v(\S+)/.exec(await readFile(join(moduleFolder, 'go.mod'), 'utf8')) ?? []
  return version
}

/** Returns a free port; another process could take it meanwhile. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

/** Returns a configuration for production: the defaults of LiveKit, but on the loopback interface, without STUN. */
function configuration(port: number, rtc: readonly string[]): string {
  return [
    `port: ${port}`,
    'bind_addresses: [127.0.0.1]',
    'rtc:',
    '  tcp_port: 0',
    '  use_external_ip: false',
    '  node_ip: 127.0.0.1',
    '  enable_loopback_candidate: true',
    '  interfaces: { includes: [lo] }',
    ...rtc.map(line => `  ${line}`),
    `keys: { ${key}: ${secret} }`,
    'logging: { level: info, json: true, sample: true }',
    ''
  ].join('\n')
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ ok }) => ok,
    () => false
  )
}

/** Starts LiveKit with a room. */
export async function openLiveKitRoom({
  speakers,
  listeners,
  isRedundant,
  hasSong = false,
  rtc = []
}: LiveKitOptions): Promise<MeasuredRoom> {
  const program = await buildGoProgram(moduleFolder, 'livekit-server', serverPackage)
  const folder = await mkdtemp(join(tmpdir(), 'ambient-livekit-'))
  const port = await freePort()
  await writeFile(join(folder, 'config.yaml'), configuration(port, rtc))
  const log = openSync(join(folder, 'livekit.log'), 'a')
  const child = spawn('taskset', ['-c', String(serverCore), program, '--config', join(folder, 'config.yaml')], {
    stdio: ['ignore', log, log]
  })
  closeSync(log)
  process.once('exit', () => child.kill('SIGKILL'))
  const pid = child.pid ?? 0
  const url = `http://127.0.0.1:${port}`
  for (const startedAt = performance.now(); !(await isReady(url)); await sleep(100)) {
    if (child.exitCode !== null || performance.now() - startedAt > startTimeoutMs) {
      throw new Error(`LiveKit did not start: ${await readFile(join(folder, 'livekit.log'), 'utf8')}`)
    }
  }
  const peers: PeerProgram<RoomAddress> = await startPeerProgram('livekit', loadCore)
  const address = { url: url.replace('http', 'ws'), key, secret, room: 'bench' }
  const speaking: number[] = []
  for (let n = 0; n < speakers; n++) {
    const isSong = hasSong && n === speakers - 1
    const publishes = isRedundant && !isSong ? ('red' as const) : ('opus' as const)
    const track = { publishes, hearsRed: false, isStereo: isSong }
    speaking.push(await peers.connect({ ...address, identity: `speaker ${n}`, ...track }))
  }
  await inBatches(listeners, async n => {
    const track = { publishes: '' as const, hearsRed: isRedundant, isStereo: false }
    await peers.connect({ ...address, identity: `listener ${n}`, ...track })
  })

  return {
    async speak(talks) {
      for (const [n, talk] of talks.entries()) await peers.speak(speaking[n] ?? -1, talk)
    },
    async silence() {
      for (const peer of speaking) await peers.silence(peer)
    },
    async usage() {
      const { sent, packets } = await countDrained(peers)
      return { cpuMicros: await cpuTimeOfTree(pid), sent, delivered: packets }
    },
    async close() {
      peers.end()
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    }
  }
}
