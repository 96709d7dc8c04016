import type { FastifyBaseLogger } from 'fastify'
import type { SongFailure, SongUpdate } from '../../../contract/songs.ts'
import { underLease, type HeldLease } from '../operations/lease.ts'
import { isTemporary } from './transcode/is-temporary.ts'
import { TranscodeError } from './transcode/transcode-error.ts'
import type { TranscodeRequest } from './transcode/transcode.ts'
import type { SongDocument } from './document.ts'
import type { SongQueue, TranscodedFields } from './queue.ts'
import type { SongRemoval } from './removal.ts'

/** Outcome of one attempt to transcode an upload; `again` is tried again later. */
export type TranscodeOutcome = 'ready' | 'again' | SongFailure

export interface SongWorkerParts {
  queue: SongQueue
  removal: SongRemoval
  transcode(song: SongDocument, options: Pick<TranscodeRequest, 'signal' | 'onProgress'>): Promise<TranscodedFields>
  /** Called with each change of a song's status, for its owner. */
  onStatus(ownerId: string, news: SongUpdate): void
  keepOriginals: boolean
  maxParallelJobs: number
  leaseMs: number
  log: FastifyBaseLogger
  /** Called at the end of each attempt. */
  onAttemptEnd?(outcome: TranscodeOutcome, durationMs: number): void
}

/** Interval of looking for uploads of other servers, and of servers that died. */
const pollIntervalMs = 5000
/** Delay after a failure that the song did not cause, such as a full disk. */
const retryDelayMs = 30_000
const maxAttempts = 5
const minProgressStep = 0.02
const minProgressIntervalMs = 1000

export type SongWorker = ReturnType<typeof createSongWorker>

/** Transcodes the queued uploads, a limited number at the same time. */
export function createSongWorker(parts: SongWorkerParts) {
  const { queue, removal, transcode, onStatus, keepOriginals, maxParallelJobs, leaseMs, log } = parts
  const { onAttemptEnd = () => {} } = parts
  const running = new Set<Promise<void>>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let pausedUntilMs = 0

  /** Returns a callback that reports progress in steps, at most once a second. */
  function createProgressReporter({ _id, ownerId }: SongDocument): (progress: number) => void {
    let [reported, reportedAtMs] = [0, performance.now()]
    return progress => {
      if (progress < reported + minProgressStep || performance.now() < reportedAtMs + minProgressIntervalMs) return
      reported = progress
      reportedAtMs = performance.now()
      onStatus(ownerId, { songId: _id, status: 'processing', progress: Math.round(100 * progress) / 100 })
    }
  }

  async function fail(song: SongDocument, { reason, detail: failure, message }: TranscodeError): Promise<void> {
    log.info({ songId: song._id, reason, ...failure, detail: message }, 'upload rejected')
    if (!(await queue.fail(song, reason, failure))) return await removal.discardOutput(song)
    onStatus(song.ownerId, { songId: song._id, status: 'failed', reason, ...(failure && { failure }) })
    await removal.removeSpareFiles({ ...song, state: 'failed' })
  }

  async function finish(song: SongDocument, fields: TranscodedFields): Promise<void> {
    if (!(await queue.finish(song, fields, !keepOriginals))) return await removal.discardOutput(song)
    onStatus(song.ownerId, { songId: song._id, status: 'ready' })
    if (!keepOriginals) await removal.removeSpareFiles({ ...song, state: 'ready' })
  }

  /**
   * Fails the song when the upload is the cause. Any other error leaves the song to its lease, so that it is tried
   * again later; a passing condition of this server also gives it back at once.
   */
  async function handleError(song: SongDocument, error: unknown, hasLease: boolean): Promise<void> {
    if (error instanceof TranscodeError) return await fail(song, error)
    if (!hasLease) return await removal.discardOutput(song)
    if (closing.signal.aborted) return await queue.giveBack(song)
    log.error({ err: error, songId: song._id }, 'song transcoding failed, retrying later')
    if (!isTemporary(error)) return
    pausedUntilMs = performance.now() + retryDelayMs
    await queue.giveBack(song)
  }

  async function work(song: SongDocument, lease: HeldLease): Promise<void> {
    const startedAtMs = performance.now()
    const end = (outcome: TranscodeOutcome) => onAttemptEnd(outcome, performance.now() - startedAtMs)
    try {
      if (song.attempts > maxAttempts) {
        throw new TranscodeError('interrupted', `transcoding did not end in ${maxAttempts} attempts`)
      }
      onStatus(song.ownerId, { songId: song._id, status: 'processing', progress: 0 })
      const fields = await transcode(song, { signal: lease.signal, onProgress: createProgressReporter(song) })
      await finish(song, fields)
      end('ready')
    } catch (error) {
      end(error instanceof TranscodeError ? error.reason : 'again')
      await handleError(song, error, !lease.isLost())
    }
  }

  async function process(song: SongDocument): Promise<void> {
    await underLease(
      {
        leaseMs,
        renew: async () => await queue.renew(song),
        onRenewalFailed: error => log.warn({ err: error, songId: song._id }, 'song lease renewal failed'),
        signal: closing.signal
      },
      async lease => await work(song, lease)
    )
  }

  /** Processes one song after the other until the queue is empty. */
  async function drainQueue(): Promise<void> {
    for (;;) {
      if (closing.signal.aborted || performance.now() < pausedUntilMs) return
      const song = await queue.claim()
      if (!song) return
      await process(song)
    }
  }

  function startJob(): void {
    if (running.size >= maxParallelJobs || closing.signal.aborted) return
    const job: Promise<void> = drainQueue()
      .catch((error: unknown) => log.error({ err: error }, 'song queue processing failed'))
      .finally(() => running.delete(job))
    running.add(job)
  }

  async function idle(): Promise<void> {
    while (running.size > 0) await Promise.all(running)
  }

  return {
    /** Starts a job, unless all are running: there may be a song in the queue. */
    wake: startJob,

    /** Starts looking for queued songs at intervals. */
    open(): void {
      timer = setInterval(
        () => {
          while (running.size < maxParallelJobs && !closing.signal.aborted) startJob()
        },
        Math.min(pollIntervalMs, leaseMs)
      )
      timer.unref()
      startJob()
    },

    /** Resolves when no job is running. */
    idle,

    /** Aborts all jobs. Their songs go back into the queue, for another server or a later start. */
    async close(): Promise<void> {
      clearInterval(timer)
      closing.abort(new Error('the server is shutting down'))
      await idle()
    }
  }
}
