import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import type { Readable } from 'node:stream'
import type { Prefix } from './own-network.ts'

/** What a process may use. By the clock it is watched from here, as what it holds in memory is; the rest the kernel sees to. */
export interface ProcessLimits {
  wallMs: number
  cpuMs: number
  residentBytes: number
  /** Unset for programs that reserve more than they use. */
  addressBytes?: number
  /** The largest file it may write. */
  fileBytes: number
}

export interface LimitedRun {
  command: string
  args: readonly string[]
  cwd: string
  limits: ProcessLimits
  /** Takes all of standard output; what it throws ends the process and the run. */
  read(output: Readable): Promise<void>
  signal: AbortSignal
  /** What keeps it from the network, as `findOwnNetwork` says; null: nothing does. */
  ownNetwork?: Prefix | null
}

/** How it ended: by itself with a code, by a fault of its own (null), or because it was too much. `errors` is the last it said. */
export interface LimitedOutcome {
  code: number | null
  tooMuch: TooMuch | null
  errors: string
}

/** What there was too much of; `kernel`: it ended the process, for its time or because the machine had no memory left. */
export type TooMuch = 'memory' | 'time' | 'output' | 'kernel'

/** The program is not on this machine. */
export class ProgramMissing extends Error {
  constructor(command: string) {
    super(`${command} is not installed`)
    this.name = 'ProgramMissing'
  }
}

const watchEveryMs = 50
const keptErrorBytes = 32 * 1024
const notFound = 127
/** Sets what the kernel holds it to, then becomes the program, under the same process id. What watches our own spawning may slip options in. */
const becoming =
  'unset NODE_OPTIONS; ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; if [ "$3" != 0 ]; then ulimit -v "$3"; fi; shift 3; exec "$@"'
const ulimitBlockBytes = 512
const kibibyte = 1024

/**
 * Runs a program as its own process under limits, with lower priority, nothing of our environment, and ended with us even when we are
 * killed. Throws ProgramMissing, the signal's reason, and what `read` throws.
 */
export async function runLimited({
  command,
  args,
  cwd,
  limits,
  read,
  signal,
  ownNetwork
}: LimitedRun): Promise<LimitedOutcome> {
  signal.throwIfAborted()
  // It comes first: what it changes would make the kernel forget whom to die with.
  const [first = '', ...rest] = [...(ownNetwork ?? []), ...commandLine(command, args, limits)]
  const child = spawn(first, rest, {
    cwd,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const kill = () => {
    child.kill('SIGKILL')
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  ended.catch(() => {})
  const errors = lastOf(child.stderr)
  const watch = watchOver(child.pid, limits, kill)
  signal.addEventListener('abort', kill, { once: true })
  try {
    await read(child.stdout)
    child.stdout.resume()
    const code = await ended
    signal.throwIfAborted()
    if (code === notFound) throw new ProgramMissing(command)
    return { code, tooMuch: watch.tooMuch ?? tooMuchFor(child.signalCode), errors: errors() }
  } finally {
    kill()
    watch.stop()
    signal.removeEventListener('abort', kill)
  }
}

function tooMuchFor(signal: NodeJS.Signals | null): TooMuch | null {
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
  const limited = ['/bin/sh', '-c', becoming, 'sh', ...values, command, ...args]
  return process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', ...limited] : limited
}

/** Ends the process once it is over a limit that no kernel keeps: address space is not what is used, and a stuck process uses no time. */
function watchOver(pid: number | undefined, { wallMs, residentBytes }: ProcessLimits, kill: () => void) {
  const watched: { tooMuch: TooMuch | null; stop: () => void } = { tooMuch: null, stop: () => clearInterval(timer) }
  const endsAt = performance.now() + wallMs
  const timer = setInterval(async () => {
    const over = performance.now() > endsAt ? 'time' : (await residentOf(pid)) > residentBytes ? 'memory' : null
    if (over === null) return
    watched.tooMuch ??= over
    kill()
  }, watchEveryMs)
  if (pid !== undefined) yieldTo(pid)
  return watched
}

/** Live shows come first. */
function yieldTo(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already.
  }
}

async function residentOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * kibibyte
}

function lastOf(stream: Readable): () => string {
  let kept = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-keptErrorBytes)
  })
  return () => kept
}
