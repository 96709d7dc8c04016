import { spawn, type ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { firstPipe, programFormats, type ProgramFormat } from './encoding.ts'
import { writeMessage, type MixerControls, type MixerMessage, type ProducerKind } from './mixer-messages.ts'

/** Receives the streams of an encoder. After a crash they begin anew, with another run. */
export interface EncoderListener {
  /** A run begins; its first sample is heard at this time, ms since the epoch. */
  onRun(startedAtMs: number): void
  onBytes(format: ProgramFormat, bytes: Buffer): void
  /** A run ended by itself. Another one follows after `retryMs`. */
  onCrash(reason: string, retryMs: number): void
}

/** Encodes one show in processes of its own: the mixer, and ffmpeg below it. */
export interface ProgramEncoder {
  opened(producerId: string, kind: ProducerKind): void
  packet(producerId: string, packet: Buffer): void
  closed(producerId: string): void
  control(controls: MixerControls): void
  /** Id of the mixer's process while it runs. */
  readonly pid: number | undefined
  /** May be called twice. */
  close(): void
}

const mixerPath = join(import.meta.dirname, 'mixer-process.ts')
/** The process of the mixer is behind when this much waits for it. Packets are dropped then. */
const maxWaitingBytes = 256 * 1024
const [minRetryMs, maxRetryMs] = [250, 10_000]
/** A run of this length was a good one. */
const stableMs = 10_000
/** A run that writes nothing for so many of our own seconds hangs. It may take longer to begin. */
const [maxQuietChecks, maxQuietStartChecks] = [5, 15]
const checkEveryMs = 1000
const maxReasonChars = 500
const maxSlots = 65_536

/** Starts the encoder of a show. `env`: the environment of its processes. */
export function startProgramEncoder(
  listener: EncoderListener,
  env: NodeJS.ProcessEnv = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' }
): ProgramEncoder {
  const slots = new Map<string, { slot: number; kind: ProducerKind }>()
  let nextSlot = 0
  let controls: MixerControls | null = null
  let child: ChildProcess | null = null
  let retryMs: number = minRetryMs
  let retryTimer: NodeJS.Timeout | undefined
  let isClosed = false

  function send(message: MixerMessage): void {
    if (child?.stdin?.writable) child.stdin.write(writeMessage(message))
  }

  function start(): void {
    const startedAtMs = performance.now()
    const run = spawn(process.execPath, ['--max-semi-space-size=1', mixerPath], {
      env,
      stdio: ['pipe', 'pipe', 'pipe', ...programFormats.map(() => 'pipe' as const)]
    })
    child = run
    if (run.pid !== undefined) lowerPriority(run.pid)
    let reason = ''
    let quietChecks = 0
    let maxQuiet = maxQuietStartChecks
    // Counts instead of reading a clock: a standstill of this process is not one of the run.
    const watch = setInterval(() => {
      if (++quietChecks > maxQuiet) run.kill('SIGKILL')
    }, checkEveryMs).unref()
    run.once('close', () => clearInterval(watch))
    run.stderr?.on('data', (text: Buffer) => {
      reason = (reason + text.toString()).slice(-maxReasonChars)
    })
    run.stdin?.on('error', () => {})
    if (run.stdout) {
      createInterface({ input: run.stdout }).once('line', line => {
        const { startedAtMs: firstSampleAtMs }: { startedAtMs: number } = JSON.parse(line)
        if (child === run) listener.onRun(firstSampleAtMs)
      })
    }
    for (const [n, format] of programFormats.entries()) {
      readPipe(run, n, bytes => {
        ;[quietChecks, maxQuiet] = [0, maxQuietChecks]
        listener.onBytes(format, bytes)
      })
    }
    run.once('error', error => ended(error.message))
    run.once('exit', (code, signal) => ended(`${reason.trim()} (${signal ?? code})`))

    for (const [, { slot, kind }] of slots) send({ type: 'opened', slot, kind })
    if (controls) send({ type: 'controls', controls })

    function ended(why: string): void {
      if (child !== run) return
      child = null
      clearInterval(watch)
      release(run)
      if (isClosed) return
      retryMs = performance.now() - startedAtMs > stableMs ? minRetryMs : Math.min(maxRetryMs, retryMs * 2)
      retryTimer = setTimeout(start, retryMs)
      listener.onCrash(why, retryMs)
    }
  }

  /** Every pipe is read at once: ffmpeg waits for all of them. */
  function readPipe(run: ChildProcess, n: number, onBytes: (bytes: Buffer) => void): void {
    const pipe = run.stdio[firstPipe + n] as Readable | undefined
    pipe?.on('data', (bytes: Buffer) => {
      if (child === run) onBytes(bytes)
    })
    pipe?.on('error', () => {})
  }

  start()

  return {
    opened(producerId, kind) {
      const slot = nextSlot
      nextSlot = (nextSlot + 1) % maxSlots
      slots.set(producerId, { slot, kind })
      send({ type: 'opened', slot, kind })
    },
    packet(producerId, packet) {
      const known = slots.get(producerId)
      if (!known || (child?.stdin?.writableLength ?? 0) > maxWaitingBytes) return
      send({ type: 'packet', slot: known.slot, packet })
    },
    closed(producerId) {
      const known = slots.get(producerId)
      if (!known) return
      slots.delete(producerId)
      send({ type: 'closed', slot: known.slot })
    },
    control(next) {
      controls = next
      send({ type: 'controls', controls })
    },
    get pid() {
      return child?.pid
    },
    close() {
      isClosed = true
      clearTimeout(retryTimer)
      const run = child
      child = null
      if (run) release(run)
    }
  }
}

/** Lowers the priority of a run, also of the ffmpeg that it starts, so that live voices come first. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // The process has ended already.
  }
}

/** Ends the processes of a run. Without the ends of its pipes ffmpeg ends too, also when the mixer is gone. */
function release(run: ChildProcess): void {
  run.kill('SIGKILL')
  for (const pipe of run.stdio) pipe?.destroy()
}
