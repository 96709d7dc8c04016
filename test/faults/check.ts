/*
 * npm run check:faults
 *
 * Runs the slow tests of faults beside this file, on server processes with a real Redis, one after the other. Prints
 * the figures that they measured, and the totals of the tests. FAULT_RUNS sets how often a node is killed. Names of
 * tests, such as kill-home, run only those. Exits with 1 when a test fails.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopCommands } from '../../scripts/command.ts'
import { fileJob, runJobs } from '../../scripts/run-tests/jobs.ts'
import { totalsLine } from '../../scripts/run-tests/totals.ts'
import { figureHeading, figureLine, type Figure } from './figures.ts'

const root = join(import.meta.dirname, '..', '..')
const all = [
  'kill-edge',
  'kill-home',
  'partition',
  'live-values',
  'browsers',
  'rolling',
  'upgrade',
  'kill-consumer',
  'broker',
  'metadata-limit'
]
/** A test file fails by itself after this time. */
const testTimeoutSeconds = 900

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

const asked = process.argv.slice(2)
const unknown = asked.find(name => !all.includes(name))
if (unknown !== undefined) {
  console.error(`There is no test ${unknown}; there are ${all.join(', ')}.`)
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'ambient-faults-'))
const figures = join(folder, 'figures')
writeFileSync(figures, '')
try {
  const env = { FAULT_FIGURES: figures, TAP_TIMEOUT: String(testTimeoutSeconds) }
  const jobs = (asked.length > 0 ? asked : all).map(name =>
    fileJob(`test/faults/${name}.ts`, { root, show: line => console.log(line), onDuration: () => {}, env })
  )
  const totals = await runJobs(jobs, 1)
  const measured = readFileSync(figures, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Figure)
  console.log(['', figureHeading, ...measured.map(figureLine), ''].join('\n'))
  if (totals.failed > 0 || totals.skipped > 0) process.exitCode = 1
  console.log(totalsLine(totals))
} finally {
  rmSync(folder, { recursive: true })
}
