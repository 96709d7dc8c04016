import { join } from 'node:path'

import { addTotals, failedOnce, noTotals, passedOnce, type Totals } from './totals.ts'
import { attempt } from '../command.ts'
import { createTapReport } from './tap-report.ts'

/** A test file or a check of the whole tree. */
export interface Job {
  readonly name: string
  run(): Promise<Totals>
}

export interface JobOptions {
  readonly root: string
  readonly show: (line: string) => void
  /** Receives the duration of each finished job. */
  readonly onDuration: (name: string, ms: number) => void
}

export interface FileOptions extends JobOptions {
  /** Name in the report, when it differs from the file. */
  readonly label?: string
  readonly env?: Record<string, string>
  readonly exitTimeoutMs?: number
}

const project = join(import.meta.dirname, '..', '..')
/** Loaded before each test file. */
const testProcess = join(import.meta.dirname, 'test-process.ts')
const fileBatch = join(import.meta.dirname, 'file-batch.ts')
/** The line at the end of a file in a batch. */
const fileOfBatch = /^(not )?ok \d+ - (\S+\.test\.ts) # time=([\d.]+)ms/
/** Folder of what earlier runs computed. */
export const testCache = join(project, 'node_modules', '.cache', 'ambient-tests')
/** With the compiled modules of earlier processes, a test that starts the application needs a fifth less CPU time. */
const compiledModules = join(testCache, 'modules')
const checkTimeoutMs = 5 * 60_000
/** A test fails by itself after this time. */
const testTimeoutSeconds = 300
/**
 * Stops a file whose own timeout does not work. Property tests with many runs set a longer timeout than the default.
 */
const fileTimeoutMs = 20 * 60_000
/** A file that still runs this long after its last test keeps something open. */
const defaultExitTimeoutMs = 30_000

/** Further jobs that run while the processors have time, since many tests wait. */
export interface SpareJobs {
  readonly maxSpare: number
  /** Takes a while to find out. */
  readonly isIdle: () => Promise<boolean>
}

/**
 * Runs jobs in their order, several at a time, and spare ones while the processors are idle. Returns the sum of their
 * totals.
 */
export async function runJobs(jobs: readonly Job[], maxParallel: number, spare?: SpareJobs): Promise<Totals> {
  const waiting = [...jobs]
  const results: Totals[] = []
  async function runNext(): Promise<boolean> {
    const job = waiting.shift()
    if (job !== undefined) results.push(await job.run())
    return job !== undefined
  }
  async function work(): Promise<void> {
    while (await runNext());
  }
  async function useIdleTime({ maxSpare, isIdle }: SpareJobs): Promise<void> {
    const running = new Set<Promise<void>>()
    const errors: unknown[] = []
    while (waiting.length > 0) {
      if (running.size >= maxSpare) await Promise.race(running)
      else if (await isIdle()) {
        const run: Promise<void> = runNext()
          .then(
            () => {},
            error => {
              errors.push(error)
            }
          )
          .finally(() => running.delete(run))
        running.add(run)
      }
    }
    await Promise.all(running)
    if (errors.length > 0) throw errors[0]
  }
  await Promise.all([...Array.from({ length: maxParallel }, work), ...(spare ? [useIdleTime(spare)] : [])])
  return results.reduce(addTotals, noTotals)
}

/** A check of the whole tree with a Node.js program. It counts as one test and shows its output when it fails. */
export function checkJob(name: string, args: readonly string[], { root, show, onDuration }: JobOptions): Job {
  return {
    name,
    async run() {
      const startedAt = performance.now()
      const { code, lines } = await attempt(process.execPath, args, { cwd: root, timeoutMs: checkTimeoutMs })
      if (code !== 0) lines.forEach(show)
      finish(name, startedAt, code === 0, { show, onDuration })
      return code === 0 ? passedOnce : failedOnce
    }
  }
}

/** A test file in its own process, with further environment variables. */
export function fileJob(file: string, { label = file, ...options }: FileOptions): Job {
  return testJob(label, file, options)
}

/** Test files that run one after another in one process. Each has a line and a duration of its own. */
export function batchJob(name: string, files: readonly string[], options: JobOptions): Job {
  const { show, onDuration } = options
  return testJob(name, fileBatch, {
    ...options,
    env: { TEST_FILES: files.join(' ') },
    onLine(line) {
      const [, not, file, ms] = fileOfBatch.exec(line) ?? []
      if (file === undefined) return
      onDuration(file, Math.round(Number(ms)))
      show(`${not === undefined ? '✓' : '✗'} ${file} ${Math.round(Number(ms))}ms`)
    }
  })
}

interface TestOptions extends JobOptions {
  readonly env?: Record<string, string>
  readonly exitTimeoutMs?: number
  readonly onLine?: (line: string) => void
}

function testJob(
  name: string,
  program: string,
  { root, show, onDuration, env = {}, exitTimeoutMs = defaultExitTimeoutMs, onLine }: TestOptions
): Job {
  return {
    name,
    async run() {
      const startedAt = performance.now()
      const stuck = new AbortController()
      let exitTimer: NodeJS.Timeout | undefined
      const report = createTapReport(() => {
        exitTimer = setTimeout(() => stuck.abort(), exitTimeoutMs)
      })
      const { code } = await attempt(process.execPath, ['--import', testProcess, program], {
        cwd: root,
        timeoutMs: fileTimeoutMs,
        signal: stuck.signal,
        env: { NODE_COMPILE_CACHE: compiledModules, ...process.env, TAP_TIMEOUT: String(testTimeoutSeconds), ...env },
        onLine(line) {
          report.read(line)
          onLine?.(line)
        },
        showErrors: true
      })
      clearTimeout(exitTimer)

      const totals = report.totals()
      const isPassed = code === 0 && totals !== undefined && totals.failed === 0
      report.lines(!isPassed).forEach(show)
      if (stuck.signal.aborted) show(`${name} did not exit within ${exitTimeoutMs} ms after its last test`)
      else if (totals === undefined) show(`${name} ended with exit code ${code} before its last test`)
      finish(name, startedAt, isPassed, { show, onDuration })
      if (totals === undefined) return failedOnce
      return isPassed || totals.failed > 0 ? totals : addTotals(totals, failedOnce)
    }
  }
}

function finish(
  name: string,
  startedAt: number,
  isPassed: boolean,
  { show, onDuration }: Pick<JobOptions, 'show' | 'onDuration'>
): void {
  const ms = Math.round(performance.now() - startedAt)
  onDuration(name, ms)
  show(`${isPassed ? '✓' : '✗'} ${name} ${ms}ms`)
}
