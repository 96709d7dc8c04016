/*
 * npm run check:worker [-- batch|fuzz|media|chromium|clients]
 *
 * Tries what we changed in the media worker, with the sanitizers for addresses and undefined behaviour: UdpBatch on
 * sockets that refuse datagrams; and, with a worker that is built with them, a fuzz of packets, the tests that drive
 * real workers, Chromium, and the generated clients. Exits with 1 when a test fails or a sanitizer reports something.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attempt, run, stopCommands } from '../../scripts/command.ts'
import { fileJob, runJobs } from '../../scripts/run-tests/jobs.ts'
import { totalsLine } from '../../scripts/run-tests/totals.ts'
import { SetupError } from '../../scripts/setup-error.ts'
import { ensurePackages, workerBuildPackages } from '../../scripts/system-packages.ts'
import { getSanitizedWorker, withReports } from './sanitized-worker.ts'

const root = join(import.meta.dirname, '..', '..')
const adapters = join(root, 'scripts', 'worker', 'adapters')
const batchSeeds = 3
const compileTimeoutMs = 10 * 60_000
const batchTimeoutMs = 5 * 60_000
const clientsTimeoutMs = 15 * 60_000
/** The sanitizers make the worker several times slower. */
const testTimeoutSeconds = 900
const fuzzedPackets = 500_000
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

/** The tests that drive real workers. */
const mediaTests = [
  'datagrams',
  'packed-frames',
  'conversing',
  'first-packet',
  'muting',
  'node-link',
  'node-link-loss',
  'leaks',
  'transport-failure',
  'show-song',
  'show-tap',
  'voice-heard',
  'speaking-levels',
  'bitrate-cap',
  'worker-signals'
]

/** Builds and runs the program that tests UdpBatch. */
async function checkBatch(): Promise<void> {
  console.log('== batch')
  await ensurePackages(workerBuildPackages)
  const folder = mkdtempSync(join(tmpdir(), 'ambient-udp-batch-'))
  const sources = ['DatagramList', 'UdpBatch', 'UdpTrains'].map(name => join(adapters, 'src', `${name}.cpp`))
  const program = join(folder, 'udp-batch')
  try {
    const warnings = ['-Wall', '-Wextra', '-Werror']
    const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
    const files = [join(import.meta.dirname, 'udp-batch.cpp'), ...sources, '-luv', '-o', program]
    await run(
      'g++',
      ['-std=c++20', '-g', '-O1', ...warnings, ...sanitizers, '-I', join(adapters, 'include'), ...files],
      {
        timeoutMs: compileTimeoutMs
      }
    )
    for (let n = 0; n < batchSeeds; n++) {
      await run(program, [String(seed + n)], { timeoutMs: batchTimeoutMs, onLine: line => console.log(`  ${line}`) })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs test files one after the other. */
async function runFiles(files: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const options = { root, show: (line: string) => console.log(line), onDuration: () => {} }
  const jobs = files.map(file =>
    fileJob(file, { ...options, env: { ...env, TAP_TIMEOUT: String(testTimeoutSeconds) }, exitTimeoutMs: 120_000 })
  )
  const totals = await runJobs(jobs, 1)
  console.log(totalsLine(totals))
  if (totals.failed > 0) process.exitCode = 1
}

/** The parts that need the worker with the sanitizers. */
const workerParts: Readonly<Record<string, (env: Readonly<Record<string, string>>) => Promise<void>>> = {
  fuzz: async env =>
    await runFiles(['test/media/fuzz.test.ts'], { ...env, FUZZ_PACKETS: String(fuzzedPackets), SEED: String(seed) }),
  media: async env =>
    await runFiles(
      mediaTests.map(name => `test/media/${name}.test.ts`),
      env
    ),
  chromium: async env => await runFiles(['test/e2e/first-show.test.ts'], env),
  async clients(env) {
    const { code, lines } = await attempt(join(root, '.ci', 'clients'), [], {
      cwd: root,
      env: { ...process.env, ...env },
      timeoutMs: clientsTimeoutMs
    })
    for (const line of lines) console.log(`  ${line}`)
    if (code !== 0) process.exitCode = 1
  }
}

async function checkWorker(names: readonly string[]): Promise<void> {
  const worker = withReports(await getSanitizedWorker())
  try {
    for (const name of names) {
      console.log(`== ${name}`)
      await workerParts[name]?.(worker.env)
    }
    for (const report of worker.reports()) {
      console.error(report)
      process.exitCode = 1
    }
  } finally {
    worker.remove()
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

const all = ['batch', ...Object.keys(workerParts)]
const asked = process.argv.slice(2)
const unknown = asked.find(name => !all.includes(name))
if (unknown !== undefined) {
  console.error(`There is no part ${unknown}; there are ${all.join(', ')}.`)
  process.exit(1)
}

try {
  console.log(`SEED=${seed}`)
  const chosen = asked.length > 0 ? asked : all
  if (chosen.includes('batch')) await checkBatch()
  const ofWorker = chosen.filter(name => name in workerParts)
  if (ofWorker.length > 0) await checkWorker(ofWorker)
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
