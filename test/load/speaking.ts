/*
 * npm run bench:speaking [-- N] [--json]
 *
 * N real WebRTC listeners (ICE, DTLS, SRTP) hear a creator who talks and pauses. Prints the CPU of the server's Node
 * process per listener and second while the creator talks, minus that of a silent show, for each value of `levels` in
 * `show:join`. Asserts nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openListenerPeer, openSpeakerPeer, type SpeakerPeer } from '../audio-peers.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { goLive, signIn } from '../users.ts'
import { printRows, type BenchRow } from './bench-rows.ts'
import { cpuTimeMicros } from './cpu-time.ts'
import { median } from './median.ts'
import { createProbe } from './probed-process.ts'

const listeners = Number(process.argv.slice(2).find(argument => /^\d+$/.test(argument)) ?? 300)
const rounds = 4
/** The first seconds after the joins are busier. */
const settleMs = 5_000
/** A sentence, and a pause in which nobody speaks: both are changes of who speaks. */
const sentenceMs = 2_500
const pauseMs = 2_500
const sentences = 2
/** The interval of Engine.io's pings: each part of a round has as many of them. */
const partMs = sentences * (sentenceMs + pauseMs)
const joinsPerSecond = 40
const levelDb = -20
const silentPacketMs = 400
const unlimited = '1000000'
/** Only figures with an aim are of interest then. */
const isForPrograms = process.argv.includes('--json')

/** Clients that want the same. */
interface Clients {
  readonly name: string
  readonly levels?: boolean
  /** Aim, µs per listener and second; undefined for clients that ask for levels. */
  readonly target?: number
}

const kinds: Clients[] = [
  { name: 'clients that measure levels', levels: false, target: 5 },
  { name: 'clients that say nothing', target: 5 },
  { name: 'clients that ask for levels', levels: true }
]

/** Joins the show and receives the voice. */
async function listen(server: ServerProcess, showId: string, producerId: string, levels?: boolean) {
  const client = await (await signIn(server.url, 'Listener')).connect()
  let messages = 0
  client.socket.on('media:speaking', () => messages++)
  await client.request('show:join', { showId, ...(levels !== undefined && { levels }) })
  const ear = await openListenerPeer(client)
  await ear.consume(producerId)
  return {
    messages: () => messages,
    close() {
      ear.close()
      client.disconnect()
    }
  }
}

/** Returns the CPU that Node uses while a task runs, µs. The garbage of earlier tasks is collected before. */
async function costOf(pid: number, task: () => Promise<void>): Promise<number> {
  await probe.report(pid)
  const before = await cpuTimeMicros(pid)
  await task()
  return (await cpuTimeMicros(pid)) - before
}

/** Says nothing for a while: a packet every 400 ms, as with DTX. */
async function pause({ peer }: SpeakerPeer, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= silentPacketMs) {
    peer.send(1)
    await sleep(Math.min(left, silentPacketMs))
  }
}

async function talk(speaker: SpeakerPeer): Promise<void> {
  for (let n = 0; n < sentences; n++) {
    speaker.startTalking()
    await sleep(sentenceMs)
    speaker.stopTalking()
    await pause(speaker, pauseMs)
  }
}

async function measure(server: ServerProcess, { name, levels }: Clients): Promise<number> {
  const { client: creator, showId } = await goLive(server.url)
  const speaker = await openSpeakerPeer(creator, levelDb)
  const producerId = await speaker.produce()
  const joining = Array.from({ length: listeners }, async (_, n) => {
    await sleep((n * 1000) / joinsPerSecond)
    return await listen(server, showId, producerId, levels)
  })
  const ears = await Promise.all(joining)
  const messages = () => ears.reduce((sum, ear) => sum + ear.messages(), 0)
  await sleep(settleMs)
  const costs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = messages()
    const talking = await costOf(server.pid, async () => await talk(speaker))
    const sent = messages() - before
    const silent = await costOf(server.pid, async () => await pause(speaker, partMs))
    costs.push(((talking - silent) * 1000) / partMs / listeners)
    console.error(`${name}: ${costs.at(-1)?.toFixed(1)} µs, ${(sent / listeners).toFixed(1)} messages to each`)
  }
  for (const ear of ears) ear.close()
  creator.disconnect()
  return median(costs)
}

const probe = await createProbe()
const server = await startServer({ MEDIA_WORKERS: '1', MEDIA_LISTENERS_PER_WORKER: unlimited, ...probe.env })
const rows: BenchRow[] = []
for (const kind of kinds) {
  if (kind.target === undefined && isForPrograms) continue
  const value = await measure(server, kind)
  const { name, target } = kind
  console.log(`${name}: ${value.toFixed(1)} µs per listener and second${target ? ` (aim ≤ ${target})` : ''}`)
  if (target !== undefined) {
    rows.push({ row: 4, name: `Node while somebody talks, ${name}`, value, unit: 'µs', target, atMost: true })
  }
}
await server.close()
printRows(rows)
process.exit(0)
