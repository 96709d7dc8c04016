/*
 * npm run bench:restart [-- TIMES]
 *
 * Restarts the node behind NGINX during a live show, ten times by default. Prints how long a listener in Chromium hears
 * silence, and whether comments that are written during the restart arrive. Fails when a comment is lost, doubled or
 * not seen, or when the audio does not come back.
 */
import { loadavg } from 'node:os'
import { openRestartShow, type RestartReport } from '../e2e/restart-show.ts'

const times = Number(process.argv[2] ?? 10)
const load = () => loadavg()[0]?.toFixed(1)

function lineOf(
  name: string,
  { stoppingMs, startingMs, audioGapMs, typed, acknowledged, lost, doubled, unseen }: RestartReport
): string {
  return [
    `${name}: stopping ${Math.round(stoppingMs)} ms, starting ${Math.round(startingMs)} ms`,
    `silence ${Math.round(audioGapMs)} ms`,
    `comments typed ${typed}, acknowledged on a socket ${acknowledged}`,
    `lost ${lost}, doubled ${doubled}, not seen by the host ${unseen}`
  ].join(' · ')
}

console.log(`load at the start ${load()}`)
const show = await openRestartShow()
const reports: RestartReport[] = []
try {
  for (let n = 1; n <= times; n++) {
    const report = await show.restart()
    reports.push(report)
    console.log(lineOf(`restart ${n}`, report))
  }
} finally {
  await show.close()
}
const gaps = reports.map(({ audioGapMs }) => Math.round(audioGapMs)).toSorted((a, b) => a - b)
const sum = (count: (report: RestartReport) => number) => reports.reduce((total, report) => total + count(report), 0)
const commentCount = sum(({ typed, acknowledged }) => typed + acknowledged)
console.log(
  [
    `${times} restarts: silence ${gaps[0]} to ${gaps.at(-1)} ms, median ${gaps[Math.floor(gaps.length / 2)]}`,
    `${commentCount} comments, lost ${sum(({ lost }) => lost)}, doubled ${sum(({ doubled }) => doubled)}`,
    `load at the end ${load()}`
  ].join(' · ')
)
process.exit(sum(({ lost, doubled, unseen }) => lost + doubled + unseen) === 0 ? 0 : 1)
