import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { CommandPrefix } from './network-isolation.ts'

/** Limits of a process. This module watches wall time and resident memory; the kernel enforces the others. */
export interface ProcessLimits {
  wallMs: number
  cpuMs: number
  residentBytes: number
  /** Leave it out for programs that reserve more address space than they use. */
  addressBytes?: number
  /** Maximum size of a file that the process writes. */
  fileBytes: number
}

export interface LimitedRun {
  command: string
  args: readonly string[]
  cwd: string
  limits: ProcessLimits
  /** Reads all of standard output. If it throws, the process is killed and the run fails. */
  read(output: Readable): Promise<void>
  /** Writes all of standard input, which is empty without it. If it throws, the process is killed and the run fails. */
  write?(input: Writable): Promise<void>
  signal: AbortSignal
  /** Command prefix that keeps the process off the network, from `findNetworkIsolation`; null runs it without. */
  networkIsolation?: CommandPrefix | null
}

/**
 * The end of a process. `code` is null when a signal ended it. `exceeded` is null when it stayed within its limits.
 * `stderrHead` and `stderrTail` are the first and the last part of its standard error, which may overlap.
 */
export interface ProcessOutcome {
  code: number | null
  exceeded: ExceededLimit | null
  stderrHead: string
  stderrTail: string
}

/**
 * The exceeded limit. `kernel`: the kernel killed the process for its CPU time, or because the machine ran out of
 * memory.
 */
export type ExceededLimit = 'memory' | 'time' | 'output' | 'kernel'

/** The program is not installed on this machine. */
export class ProgramNotInstalledError extends Error {
  constructor(command: string) {
    super(`${command} is not installed`)
    this.name = 'ProgramNotInstalledError'
  }
}

const watchIntervalMs = 50
const maxStderrChars = 32 * 1024
const notFoundExitCode = 127
/**
 * Shell script that sets the kernel's limits and then becomes the program, under the same process id. It unsets
 * NODE_OPTIONS because tools that watch our child processes may add it.
 */
const limitScript =
  'unset NODE_OPTIONS; ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; ' +
  'if [ "$3" != 0 ]; then ulimit -v "$3"; fi; shift 3; exec "$@"'
const ulimitBlockBytes = 512
const kibibyte = 1024

/**
 * Runs a program in a process of its own: with limits, at lower priority and without our environment. The process dies
 * with us, even when we are killed. Throws ProgramNotInstalledError, the signal's reason, and the errors of `read`.
 */
export async function runLimited({
  command,
  args,
  cwd,
  limits,
  read,
  write,
  signal,
  networkIsolation
}: LimitedRun): Promise<ProcessOutcome> {
  signal.throwIfAborted()
  // The isolation comes first: it changes credentials, and the kernel then forgets the parent-death signal.
  const [file = '', ...fileArgs] = [...(networkIsolation ?? []), ...commandLine(command, args, limits)]
  const child = spawn(file, fileArgs, {
    cwd,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const kill = () => {
    child.kill('SIGKILL')
  }
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  exit.catch(() => {})
  const stderr = keepEnds(child.stderr)
  const watch = watchLimits(child.pid, limits, kill)
  signal.addEventListener('abort', kill, { once: true })
  try {
    const [unread] = await Promise.all([writeInput(child.stdin, write), read(child.stdout)])
    child.stdout.resume()
    const code = await exit
    signal.throwIfAborted()
    if (code === notFoundExitCode) throw new ProgramNotInstalledError(command)
    const exceeded = watch.exceeded ?? exceededBySignal(child.signalCode)
    if (unread && code === 0) throw unread
    return { code, exceeded, ...stderr() }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    kill()
    watch.stop()
    signal.removeEventListener('abort', kill)
  }
}

function exceededBySignal(signal: NodeJS.Signals | null): ExceededLimit | null {
  if (signal === 'SIGXFSZ') return 'output'
  return signal === 'SIGXCPU' || signal === 'SIGKILL' ? 'kernel' : null
}

function commandLine(
  command: string,
  args: readonly string[],
  { cpuMs, fileBytes, addressBytes = 0 }: ProcessLimits
): string[] {
  const values = [
    Math.ceil(cpuMs / 1000),
    Math.ceil(fileBytes / ulimitBlockBytes),
    Math.ceil(addressBytes / kibibyte)
  ].map(String)
  const limited = ['/bin/sh', '-c', limitScript, 'sh', ...values, command, ...args]
  return process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', ...limited] : limited
}

/**
 * Kills the process when it exceeds a limit that the kernel does not enforce: address space is not resident memory, and
 * a process that hangs uses no CPU time.
 */
function watchLimits(pid: number | undefined, { wallMs, residentBytes }: ProcessLimits, kill: () => void) {
  const watch: { exceeded: ExceededLimit | null; stop: () => void } = {
    exceeded: null,
    stop: () => clearInterval(timer)
  }
  const deadline = performance.now() + wallMs
  const timer = setInterval(async () => {
    const exceeded =
      performance.now() > deadline ? 'time' : (await residentBytesOf(pid)) > residentBytes ? 'memory' : null
    if (exceeded === null) return
    watch.exceeded ??= exceeded
    kill()
  }, watchIntervalMs)
  if (pid !== undefined) lowerPriority(pid)
  return watch
}

/** Lowers the priority of a process, so that live shows come first. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // The process has ended already.
  }
}

async function residentBytesOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * kibibyte
}

function keepEnds(stream: Readable): () => Pick<ProcessOutcome, 'stderrHead' | 'stderrTail'> {
  let [stderrHead, stderrTail] = ['', '']
  stream.setEncoding('utf8').on('data', (text: string) => {
    stderrHead += text.slice(0, maxStderrChars - stderrHead.length)
    stderrTail = (stderrTail + text).slice(-maxStderrChars)
  })
  return () => ({ stderrHead, stderrTail })
}

const closedPipeCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'])

/** Writes the input. Returns the error of a process that closed its input early: its outcome says why. */
async function writeInput(input: Writable, write: LimitedRun['write']): Promise<Error | undefined> {
  // The writer learns of the error too.
  input.on('error', () => {})
  try {
    await write?.(input)
    input.end()
    return undefined
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && closedPipeCodes.has(String(error.code)))) throw error
    input.destroy()
    return error
  }
}
