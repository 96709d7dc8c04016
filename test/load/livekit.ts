/*
 * npm run bench:livekit [-- --scenario 3x200] [--rounds 5] [--seconds 3] [--worker FILE] [--json]
 *
 * Compares the CPU per delivered packet of all processes of Ambient with that of LiveKit. Both have the same packets
 * and run on core 0, in turns within one run; everything else is on core 1. Needs Go, which builds LiveKit from its
 * modules.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { printRows, type BenchRow } from './bench-rows.ts'
import { pinToCore } from './cpu-time.ts'
import { median } from './median.ts'
import type { Talk } from './peer-program.ts'
import { openAmbientRoom } from './sides/ambient.ts'
import { liveKitVersion, openLiveKitRoom } from './sides/livekit.ts'
import { loadCore, type MeasuredRoom } from './sides/side.ts'

const scenarios = ['1x100', '1x200', '3x100', '3x200']
const maxRatio = 0.35
const minDelivered = 0.98
/** A packet of the size of speech at 32 kb/s. Nobody decodes it. */
const speech: Talk = { payloads: [Buffer.alloc(80, 0xfc)], intervalMs: 20 }

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true, default: scenarios },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    'livekit-rtc': { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false }
  }
})

/** Lets all speakers talk for some seconds. Returns the server's CPU time per delivered packet, µs. */
async function measure(room: MeasuredRoom, speakers: number, listeners: number): Promise<number> {
  const before = await room.usage()
  await room.speak(Array.from({ length: speakers }, () => speech))
  await sleep(Number(options.seconds) * 1000)
  await room.silence()
  const after = await room.usage()
  const delivered = after.delivered - before.delivered
  const share = delivered / ((after.sent - before.sent) * listeners)
  if (share < minDelivered) throw new Error(`only ${(share * 100).toFixed(1)} % of the packets were delivered`)
  return (after.cpuMicros - before.cpuMicros) / delivered
}

/** Compares both in one scenario, SPEAKERSxLISTENERS. Returns the medians. */
async function compare(scenario: string): Promise<{ liveKit: number; ambient: number; ratio: number }> {
  const [speakers = 0, listeners = 0] = scenario.split('x').map(Number)
  const liveKit = await openLiveKitRoom({ speakers, listeners, isRedundant: false, rtc: options['livekit-rtc'] })
  const ambient = await openAmbientRoom({ speakers, listeners })
  // LiveKit tells the SDK of a track when its first packet comes.
  for (const room of [liveKit, ambient]) {
    await room.speak(Array.from({ length: speakers }, () => speech))
    await sleep(2000)
    await room.silence()
  }
  const micros: { liveKit: number[]; ambient: number[] } = { liveKit: [], ambient: [] }
  for (let round = 1; round <= Number(options.rounds); round++) {
    micros.liveKit.push(await measure(liveKit, speakers, listeners))
    micros.ambient.push(await measure(ambient, speakers, listeners))
    const [a = NaN, b = NaN] = [micros.liveKit.at(-1), micros.ambient.at(-1)]
    process.stderr.write(`${scenario}, round ${round}: LiveKit ${a.toFixed(2)}, Ambient ${b.toFixed(2)} µs/packet\n`)
  }
  await ambient.close()
  await liveKit.close()
  const ratio = median(micros.ambient.map((value, round) => value / (micros.liveKit[round] ?? NaN)))
  return { liveKit: median(micros.liveKit), ambient: median(micros.ambient), ratio }
}

await pinToCore(process.pid, loadCore)
const version = await liveKitVersion()
const rows: BenchRow[] = []
for (const scenario of options.scenario) {
  const { liveKit, ambient, ratio } = await compare(scenario)
  console.log(
    `${scenario}: LiveKit ${version} ${liveKit.toFixed(2)} µs/packet, Ambient ${ambient.toFixed(2)} µs/packet: ` +
      `${ratio.toFixed(3)} (aim ≤ ${maxRatio})`
  )
  const name = `worker and Node ÷ LiveKit ${version}, CPU per packet, ${scenario.replace('x', ' × ')}`
  rows.push({ row: 2, name, value: ratio, unit: '', target: maxRatio, atMost: true })
}
printRows(rows)
process.exit(0)
