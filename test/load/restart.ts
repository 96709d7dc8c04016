/*
 * npm run bench:restart [-- TIMES]
 *
 * Restarts the node behind NGINX during a live show, ten times: what a listener in Chromium hears of it, and what becomes of the
 * comments that are written meanwhile. Fails where one is lost, doubled or not seen, or the sound does not come back.
 */
import { loadavg } from 'node:os'
import { openRestartShow, type RestartReport } from '../e2e/restart-show.ts'

const times = Number(process.argv[2] ?? 10)
const load = () => loadavg()[0]?.toFixed(1)

function line(
  name: string,
  { stoppingMs, startingMs, audioGapMs, typed, acknowledged, lost, doubled, unseen }: RestartReport
): string {
  return `${name}: stopping ${Math.round(stoppingMs)} ms, starting ${Math.round(startingMs)} ms · silence ${Math.round(audioGapMs)} ms · comments typed ${typed}, acknowledged on a socket ${acknowledged} · lost ${lost}, doubled ${doubled}, not seen by the host ${unseen}`
}

console.log(`load of the machine at the start ${load()}`)
const show = await openRestartShow()
const reports: RestartReport[] = []
try {
  for (let n = 1; n <= times; n++) {
    const report = await show.restart()
    reports.push(report)
    console.log(line(`restart ${n}`, report))
  }
} finally {
  await show.close()
}
const gaps = reports.map(({ audioGapMs }) => audioGapMs).toSorted((a, b) => a - b)
const sum = (of: (report: RestartReport) => number) => reports.reduce((all, report) => all + of(report), 0)
console.log(
  `${times} restarts: silence ${Math.round(gaps[0] ?? 0)} to ${Math.round(gaps.at(-1) ?? 0)} ms, median ${Math.round(gaps[Math.floor(gaps.length / 2)] ?? 0)} · ${sum(({ typed, acknowledged }) => typed + acknowledged)} comments, lost ${sum(({ lost }) => lost)}, doubled ${sum(({ doubled }) => doubled)} · load at the end ${load()}`
)
process.exit(sum(({ lost, doubled, unseen }) => lost + doubled + unseen) === 0 ? 0 : 1)
