/*
 * npm run bench:all [-- --only 1,2] [--tests] [--out FILE]
 *
 * Runs the benchmarks whose figures have targets, one after the other. Prints every figure with its target and writes
 * them to a JSON file with date, versions and machine. `--tests` measures the duration of `npm test` too.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mediasoupVersion, workerRecipe } from '../../media/worker-binary.ts'
import { benchmarks, testsRow, testsTargetMinutes } from './all/benchmarks.ts'
import { rowsOfOutput } from './all/rows-of-output.ts'
import { tableOf } from './all/table.ts'
import { keepsTarget, type BenchRow } from './bench-rows.ts'
import { liveKitVersion } from './sides/livekit.ts'

const root = join(import.meta.dirname, '..', '..')

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    tests: { type: 'boolean', default: false },
    out: { type: 'string', default: join(root, 'bench-results.json') }
  }
})

/** Runs a command with its errors shown. Returns its standard output, which is shown too. */
async function run(command: string, args: readonly string[]): Promise<{ code: unknown; output: string }> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    process.stderr.write(text)
  })
  const [code] = await once(child, 'close')
  return { code, output }
}

async function measureTests(): Promise<BenchRow> {
  const startedAt = performance.now()
  const { code } = await run('npm', ['test'])
  if (code !== 0) throw new Error('npm test failed')
  const value = (performance.now() - startedAt) / 60_000
  return { row: testsRow, name: 'npm test', value, unit: 'min', target: testsTargetMinutes, atMost: true }
}

const only = options.only?.split(',').map(Number)
const isAsked = (row: number) => only === undefined || only.includes(row)
const rows: BenchRow[] = []
const failures: string[] = []

/** Collects the rows of a benchmark. One that fails does not stop the others. */
async function collect(name: string, measure: () => Promise<BenchRow[]>): Promise<void> {
  process.stderr.write(`\n== ${name}\n`)
  try {
    rows.push(...(await measure()))
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

for (const { script, rows: measured } of benchmarks) {
  if (!measured.some(isAsked)) continue
  await collect(script, async () => {
    const { code, output } = await run('npm', ['run', '--silent', script, '--', '--json'])
    if (code !== 0) throw new Error(`ended with code ${String(code)}`)
    return rowsOfOutput(output)
  })
}
if (options.tests) await collect('npm test', async () => [await measureTests()])

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const machine = {
  processor: cpus()[0]?.model,
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  kernel: release()
}
const versions = {
  ambient: version,
  node: process.version,
  mediasoup: mediasoupVersion,
  workerRecipe,
  livekit: await liveKitVersion()
}
const kept = rows.map(row => ({ ...row, kept: keepsTarget(row) }))
const results = { date: new Date().toISOString(), machine, versions, rows: kept, failures }
await writeFile(options.out, `${JSON.stringify(results, null, 2)}\n`)

console.log(`\n${tableOf(rows)}\n`)
for (const failure of failures) console.log(`not measured: ${failure}`)
console.log(`${machine.processor}, ${machine.cores} cores; results in ${options.out}`)
process.exit(failures.length === 0 && rows.every(keepsTarget) ? 0 : 1)
