import type { FastifyBaseLogger } from 'fastify'
import { opaqueId } from '../documents/opaque-id.ts'
import { underLease } from '../operations/lease.ts'
import type { StoredRecordings } from '../recordings/stored-recordings.ts'
import type { Shows } from '../shows/shows.ts'
import { isTemporary } from '../songs/transcode/is-temporary.ts'
import type { MixedReplay, ReplayDocument } from './document.ts'
import type { MixTask } from './mix-job.ts'
import type { ReplayFiles } from './replay-files.ts'
import type { ReplayQueue } from './replay-queue.ts'

/** Outcome of one attempt to mix a replay; `again` is tried again later. */
export type MixOutcome = 'ready' | 'again' | 'failed'

export interface ReplayWorkerParts {
  queue: ReplayQueue
  files: ReplayFiles
  recordings: Pick<StoredRecordings, 'stintsOf' | 'isComplete'>
  shows: Pick<Shows, 'findStarted'>
  /** Returns null when there is nothing to mix. */
  mix(task: MixTask, version: string): Promise<MixedReplay | null>
  /** Whether a replay may still have what it was mixed from. */
  isCurrent(showId: string, mixed: MixedReplay): Promise<boolean>
  /** Called for a replay of nothing: no stint is left, or the log has no recorded time. */
  removeEmpty(showId: string): Promise<void>
  /** Called for a replay that is mixed and stored. */
  onMixed(showId: string, mixed: MixedReplay): Promise<void>
  leaseMs: number
  log: FastifyBaseLogger
  /** Called at the end of each attempt. */
  onAttemptEnd?(outcome: MixOutcome, durationMs: number): void
}

/** Interval of looking for replays of other servers, and of servers that died. */
const pollIntervalMs = 5000
/** Delay after a failure that the show did not cause, such as a full disk. */
const retryDelayMs = 30_000
const maxAttempts = 5

export type ReplayWorker = ReturnType<typeof createReplayWorker>

/** Mixes the queued replays, one at a time. */
export function createReplayWorker(parts: ReplayWorkerParts) {
  const { queue, files, recordings, shows, mix, isCurrent, removeEmpty, onMixed, leaseMs, log } = parts
  const { onAttemptEnd = () => {} } = parts
  const closing = new AbortController()
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let isWoken = false

  async function attempt(replay: ReplayDocument, signal: AbortSignal): Promise<MixOutcome> {
    const showId = replay._id
    if (replay.attempts > maxAttempts) throw new Error(`mixing did not end in ${maxAttempts} attempts`)
    const show = await shows.findStarted(showId)
    if (show && !(await recordings.isComplete(showId))) {
      await queue.giveBack(replay, retryDelayMs)
      return 'again'
    }
    const stints = await recordings.stintsOf(showId)
    if (!show || stints.length === 0) {
      await removeEmpty(showId)
      return 'ready'
    }
    await files.removeOld(showId)
    const version = opaqueId()
    const task = { replay, show, stints, signal, onProgress: reporterOf(showId) }
    const mixed = await mix(task, version).catch(async (error: unknown) => {
      await files.removeVersion(showId, version)
      throw error
    })
    if (!mixed) {
      await removeEmpty(showId)
      return 'ready'
    }
    if (!(await isCurrent(showId, mixed))) {
      await files.removeVersion(showId, version)
      await queue.giveBack(replay, 0)
      return 'again'
    }
    if (await queue.finish(replay, mixed)) {
      await onMixed(showId, mixed)
      return 'ready'
    }
    // Another mixing was asked for, or the replay is gone.
    await files.removeVersion(showId, version)
    return 'again'
  }

  function reporterOf(showId: string): (progress: number) => void {
    return progress => log.debug({ showId, progress: Math.round(100 * progress) / 100 }, 'mixing replay')
  }

  async function handleError(replay: ReplayDocument, error: unknown, hasLease: boolean): Promise<MixOutcome> {
    const showId = replay._id
    if (!hasLease) return 'again'
    if (closing.signal.aborted) {
      await queue.giveBack(replay, 0)
      return 'again'
    }
    if (isTemporary(error) || replay.attempts < maxAttempts) {
      log.warn({ err: error, showId }, 'mixing of a replay failed, retrying later')
      if (isTemporary(error)) await queue.giveBack(replay, retryDelayMs)
      return 'again'
    }
    log.error({ err: error, showId }, 'mixing of a replay failed')
    await queue.fail(replay)
    return 'failed'
  }

  async function process(replay: ReplayDocument): Promise<void> {
    const startedAtMs = performance.now()
    log.debug({ showId: replay._id, attempt: replay.attempts }, 'mixing replay')
    const outcome = await underLease(
      {
        leaseMs,
        renew: async () => await queue.renew(replay),
        onRenewalFailed: error => log.warn({ err: error, showId: replay._id }, 'replay lease renewal failed'),
        signal: closing.signal
      },
      async ({ signal, isLost }) =>
        await attempt(replay, signal).catch(async (error: unknown) => await handleError(replay, error, !isLost()))
    )
    onAttemptEnd(outcome, performance.now() - startedAtMs)
  }

  async function drainQueue(): Promise<void> {
    while (!closing.signal.aborted) {
      isWoken = false
      const replay = await queue.claim()
      if (replay) await process(replay)
      else if (!isWoken) return
    }
  }

  function wake(): void {
    isWoken = true
    if (closing.signal.aborted) return
    running ??= drainQueue()
      .catch((error: unknown) => log.error({ err: error }, 'queue of replays failed'))
      .finally(() => {
        running = null
      })
  }

  return {
    /** Starts mixing unless it runs: there may be a replay in the queue. */
    wake,

    /** Starts looking for queued replays at intervals. */
    open(): void {
      timer = setInterval(wake, Math.min(pollIntervalMs, leaseMs)).unref()
      wake()
    },

    /** Resolves when nothing is being mixed. */
    async idle(): Promise<void> {
      for (let current = running; current; current = running) await current
    },

    /** Aborts mixing. The replay goes back into the queue, for another server or a later start. */
    async close(): Promise<void> {
      clearInterval(timer)
      closing.abort(new Error('the server is shutting down'))
      await running
    }
  }
}
