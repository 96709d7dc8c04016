import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

/** The result of a finding: `notRun` when its script did not get to what it observes. */
export interface FindingResult {
  readonly outcome: 'unchanged' | 'changed' | 'notRun'
  /** Lines that the script observed; with `notRun`, the last ones of what went wrong. */
  readonly lines: readonly string[]
  /** Names of files that the script left in the folder for temporary files. */
  readonly leftFiles: readonly string[]
}

export interface FindingOptions {
  /** The script and what it has started are killed after this time. */
  readonly timeoutMs: number
  /** Kills the script. */
  readonly signal?: AbortSignal
  /** Environment variables that the script needs beside those of this process. */
  readonly env?: NodeJS.ProcessEnv
}

const maxReasonLines = 5
const maxOutputBytes = 16 * 1024 * 1024
/** Exit code of a script that observed something else. */
const changedCode = 1
/** Exit code of `timeout`. */
const overtimeCode = 124
const Failure = Type.Object({ stdout: Type.String(), stderr: Type.String(), code: Type.Unknown() })

const linesOf = (text: string): string[] => text.split('\n').filter(line => line.trim() !== '')

/** Runs the script of a finding in a new folder for temporary files. A script prints only what it observed. */
export async function runFinding(
  script: string,
  { timeoutMs, signal, env = {} }: FindingOptions
): Promise<FindingResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-finding-'))
  // A script may run a program as another user, who has to find the files there.
  await chmod(folder, 0o711)
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  try {
    const { stdout, stderr, code } = await execute(script, { temporary, timeoutMs, signal, env })
    const observed = linesOf(stdout)
    const leftFiles = await readdir(temporary)
    if (code === 0) return { outcome: 'unchanged', lines: observed, leftFiles }
    if (code === changedCode && observed.length > 0) return { outcome: 'changed', lines: observed, leftFiles }
    const reason = code === overtimeCode ? ['it did not end in time'] : []
    return { outcome: 'notRun', lines: [...linesOf(stderr).slice(-maxReasonLines), ...reason], leftFiles }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Execution {
  temporary: string
  timeoutMs: number
  signal: AbortSignal | undefined
  env: NodeJS.ProcessEnv
}

async function execute(script: string, { temporary, timeoutMs, signal, env }: Execution) {
  // `timeout` also ends the servers that a script started and no longer waits for.
  const args = ['--kill-after=10', String(timeoutMs / 1000), 'bash', script]
  const options = {
    cwd: temporary,
    env: { ...process.env, ...env, TMPDIR: temporary, NODE_COMPILE_CACHE: join(temporary, '..', 'node') },
    maxBuffer: maxOutputBytes,
    signal
  }
  try {
    return { ...(await promisify(execFile)('timeout', args, options)), code: 0 }
  } catch (error) {
    if (!Value.Check(Failure, error)) throw error
    return error
  }
}
