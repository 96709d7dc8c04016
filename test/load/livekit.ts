/*
 * npm run bench:livekit [-- --scenario 3x200 | show] [--rounds 5] [--seconds 3] [--livekit-rtc LINE] [--json]
 *
 * Compares the CPU per delivered packet of all processes of Ambient with that of LiveKit. Both have the same packets
 * and run on core 0, in turns within one run; everything else is on core 1. Needs Go, which builds LiveKit from its
 * modules.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { printRows, type BenchRow } from './bench-rows.ts'
import { pinToCore } from './cpu-time.ts'
import { packetsOf } from '../media/recording/memory-stints.ts'
import { tonePackets } from '../media/recording/synthetic-voice.ts'
import { makeFile } from '../songs/files.ts'
import { median } from './median.ts'
import type { Talk } from './peer-program.ts'
import { openAmbientRoom } from './sides/ambient.ts'
import { liveKitVersion, openLiveKitRoom } from './sides/livekit.ts'
import { showSeconds, songSpell, speakerSpells } from './sides/show-script.ts'
import { loadCore, type MeasuredRoom, type Usage } from './sides/side.ts'

const scenarios = ['1x100', '1x200', '3x100', '3x200', 'show']
const maxRatio = 0.35
const maxShowRatio = 0.12
const showListeners = 100
const warmUpMs = 4000
const maxAttempts = 8
/** Receivers on a busy machine lose packets of either server. */
const minDelivered = 0.95
/** A packet of the size of speech at 32 kb/s. Nobody decodes it. */
const speech: Talk = { payloads: [Buffer.alloc(80, 0xfc)], intervalMs: 20 }

/** Lets Ambient send the packets of speakers as they come, as LiveKit does. */
const samePackets = { VOICE_FRAME_MS: '20' }

/** A song of two tones, of which both sides make Opus packets of 96 kb/s. */
const songSource = "aevalsrc='0.3*sin(2*PI*440*t)|0.3*sin(2*PI*660*t)':s=48000:d=60"
const music = await packetsOf(
  await makeFile('song.ogg', ['-c:a', 'libopus', '-b:a', '96k', '-frame_duration', '20'], songSource)
)
/** A voice that rises and falls. */
const voice = await tonePackets(220, 4, '0.4*abs(sin(2*PI*1.5*t))', ['-vbr', 'off'])

interface Size {
  readonly speakers: number
  readonly listeners: number
}

interface Rooms {
  readonly liveKit: MeasuredRoom
  readonly ambient: MeasuredRoom
}

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true, default: scenarios },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    'livekit-rtc': { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false }
  }
})

/** Shows how much of the cost is that of the media worker. */
function showParts({ cpuMicros, workerMicros }: Usage, divisor: number): void {
  if (workerMicros === undefined) return
  const [worker, node] = [workerMicros / divisor, (cpuMicros - workerMicros) / divisor]
  process.stderr.write(`worker ${worker.toFixed(2)} µs, Node ${node.toFixed(2)} µs\n`)
}

/** Runs something that costs CPU. Returns what was used meanwhile. */
async function usedBy(room: MeasuredRoom, work: () => Promise<void>): Promise<Usage> {
  const before = await room.usage()
  await work()
  const after = await room.usage()
  return {
    cpuMicros: after.cpuMicros - before.cpuMicros,
    ...(after.workerMicros !== undefined && { workerMicros: after.workerMicros - (before.workerMicros ?? 0) }),
    sent: after.sent - before.sent,
    delivered: after.delivered - before.delivered
  }
}

/** Lets all speakers talk for some seconds. Returns what was used, and the share of the packets that arrived. */
async function talk(room: MeasuredRoom, { speakers, listeners }: Size): Promise<Usage & { share: number }> {
  const used = await usedBy(room, async () => {
    await room.speak(Array.from({ length: speakers }, () => speech))
    await sleep(Number(options.seconds) * 1000)
    await room.silence()
  })
  return { ...used, share: used.delivered / (used.sent * listeners) }
}

/** Returns the server's CPU time per delivered packet, µs. A busy machine may lose packets: then it measures again. */
async function measureTalk(room: MeasuredRoom, size: Size): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const used = await talk(room, size)
    if (used.share >= minDelivered) {
      showParts(used, used.delivered)
      return used.cpuMicros / used.delivered
    }
    process.stderr.write(`${(used.share * 100).toFixed(1)} % of the packets were delivered, measuring again\n`)
  }
  throw new Error('too many packets were lost')
}

/** Holds the scripted show. Returns the server's CPU time per listener and second, µs. */
async function measureShow(room: MeasuredRoom, talks: readonly Talk[]): Promise<number> {
  const startedAt = performance.now()
  const reach = async (ms: number) => await sleep(Math.max(0, startedAt + ms - performance.now()))
  const used = await usedBy(room, async () => {
    await room.speak(talks)
    await reach(songSpell.from)
    await room.playSong?.()
    await reach(songSpell.to)
    await room.pauseSong?.()
    await reach(showSeconds * 1000)
    await room.silence()
  })
  const listenerSeconds = showListeners * showSeconds
  process.stderr.write(`${(used.delivered / listenerSeconds).toFixed(1)} packets per listener and second\n`)
  showParts(used, listenerSeconds)
  return used.cpuMicros / listenerSeconds
}

/** Lets every stream flow for a moment: LiveKit tells the SDK of a track when its first packet comes. */
async function warmUp(room: MeasuredRoom, streams: number): Promise<void> {
  await room.speak(Array.from({ length: streams }, () => speech))
  await room.playSong?.()
  await sleep(warmUpMs)
  await room.pauseSong?.()
  await room.silence()
}

/** Measures both in turns and closes them. Returns the medians, µs. */
async function compare(title: string, rooms: Rooms, measure: (name: keyof Rooms) => Promise<number>) {
  const micros: Record<keyof Rooms, number[]> = { liveKit: [], ambient: [] }
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const name of ['liveKit', 'ambient'] as const) micros[name].push(await measure(name))
    const [a = NaN, b = NaN] = [micros.liveKit.at(-1), micros.ambient.at(-1)]
    process.stderr.write(`${title}, round ${round}: LiveKit ${a.toFixed(2)}, Ambient ${b.toFixed(2)} µs\n`)
  }
  await rooms.ambient.close()
  await rooms.liveKit.close()
  const ratio = median(micros.ambient.map((value, round) => value / (micros.liveKit[round] ?? NaN)))
  return { liveKit: median(micros.liveKit), ambient: median(micros.ambient), ratio }
}

/** Compares both in one scenario, SPEAKERSxLISTENERS. */
async function comparePackets(scenario: string) {
  const [speakers = 0, listeners = 0] = scenario.split('x').map(Number)
  if (!(speakers > 0) || !(listeners > 0)) throw new Error(`${scenario} is not SPEAKERSxLISTENERS`)
  const liveKit = await openLiveKitRoom({ speakers, listeners, isRedundant: false, rtc: options['livekit-rtc'] })
  const ambient = await openAmbientRoom({ speakers, listeners, settings: samePackets })
  const rooms = { liveKit, ambient }
  for (const room of [liveKit, ambient]) await warmUp(room, speakers)
  return await compare(scenario, rooms, async name => await measureTalk(rooms[name], { speakers, listeners }))
}

/** Compares both in the scripted show, each with its defaults. */
async function compareShows() {
  const voices = speakerSpells.map(spells => ({ payloads: voice, intervalMs: 20, spells, hasDtx: true }))
  const song = { payloads: music, intervalMs: 20, spells: [songSpell] }
  const common = { listeners: showListeners }
  const rtc = options['livekit-rtc']
  const liveKit = await openLiveKitRoom({ ...common, speakers: 6, isRedundant: true, hasSong: true, rtc })
  const ambient = await openAmbientRoom({ ...common, speakers: 5, song: songSource })
  const rooms = { liveKit, ambient }
  await warmUp(liveKit, 6)
  await warmUp(ambient, 5)
  const talks = { liveKit: [...voices, song], ambient: voices }
  return await compare('show', rooms, async name => await measureShow(rooms[name], talks[name]))
}

await pinToCore(process.pid, loadCore)
const version = await liveKitVersion()
const rows: BenchRow[] = []
for (const scenario of options.scenario) {
  const isShow = scenario === 'show'
  const { liveKit, ambient, ratio } = isShow ? await compareShows() : await comparePackets(scenario)
  const unit = isShow ? 'µs per listener and second' : 'µs/packet'
  const target = isShow ? maxShowRatio : maxRatio
  console.log(
    `${scenario}: LiveKit ${version} ${liveKit.toFixed(2)}, Ambient ${ambient.toFixed(2)} ${unit}: ` +
      `${ratio.toFixed(3)} (aim ≤ ${target})`
  )
  const what = isShow ? `scripted show, ${showListeners} listeners` : `CPU per packet, ${scenario.replace('x', ' × ')}`
  const name = `worker and Node ÷ LiveKit ${version}, ${what}`
  rows.push({ row: isShow ? 3 : 2, name, value: ratio, unit: '', target, atMost: true })
}
printRows(rows)
process.exit(0)
