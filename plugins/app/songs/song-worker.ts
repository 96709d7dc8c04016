import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import type { SongFailure, SongUpdate } from '../../../contract/songs.ts'
import { isOutOfSpace } from '../../external/storage/out-of-space.ts'
import { SongFault } from './transcode/faults.ts'
import { ProgramMissing } from './transcode/limited-process.ts'
import type { Upload } from './transcode/transcode.ts'
import type { SongDocument } from './document.ts'
import type { Made, SongQueue } from './queue.ts'
import type { Removal } from './removal.ts'

export interface WorkshopParts {
  queue: SongQueue
  removal: Removal
  make(song: SongDocument, work: Pick<Upload, 'signal' | 'onProgress'>): Promise<Made>
  tell(ownerId: string, news: SongUpdate): void
  keepOriginals: boolean
  jobs: number
  leaseMs: number
  log: FastifyBaseLogger
  /** Each try that came to an end, and what of. */
  onEnd?(outcome: 'ready' | 'again' | SongFailure, durationMs: number): void
}

/** How often it is looked for what no upload here told of: left by servers that died, or taken in by others. */
const lookEveryMs = 5000
/** What can't be done here for now is tried again after so long. */
const pauseMs = 30_000
const mostAttempts = 5
/** Progress is told in steps of so much, and not more often than a second. */
const leastStep = 0.02
const leastTellMs = 1000

export type Workshop = ReturnType<typeof createWorkshop>

/** Works off the queue of uploads, some at a time. */
export function createWorkshop(parts: WorkshopParts) {
  const { queue, removal, make, tell, keepOriginals, jobs, leaseMs, log, onEnd = () => {} } = parts
  const running = new Set<Promise<void>>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let notBefore = 0

  /** Tells how far it is, now and then. */
  function progressTeller({ _id, ownerId }: SongDocument): (progress: number) => void {
    let [told, toldAt] = [0, performance.now()]
    return progress => {
      if (progress < told + leastStep || performance.now() < toldAt + leastTellMs) return
      told = progress
      toldAt = performance.now()
      tell(ownerId, { songId: _id, status: 'processing', progress: Math.round(100 * progress) / 100 })
    }
  }

  async function fail(song: SongDocument, reason: SongFailure, detail: string): Promise<void> {
    log.info({ songId: song._id, reason, detail }, 'an upload is no song')
    if (!(await queue.fail(song, reason))) return await removal.takeBack(song)
    tell(song.ownerId, { songId: song._id, status: 'failed', reason })
    await removal.tidy({ ...song, state: 'failed' })
  }

  async function finish(song: SongDocument, made: Made): Promise<void> {
    if (!(await queue.finish(song, made, !keepOriginals))) return await removal.takeBack(song)
    tell(song.ownerId, { songId: song._id, status: 'ready' })
    if (!keepOriginals) await removal.tidy({ ...song, state: 'ready' })
  }

  /** What went wrong on our side leaves the song to its lease, so that it is tried again after a while; some things are no fault of any song. */
  async function settleFailure(song: SongDocument, error: unknown, isTheirs: boolean): Promise<void> {
    if (error instanceof SongFault) return await fail(song, error.reason, error.message)
    if (!isTheirs) return await removal.takeBack(song)
    if (closing.signal.aborted) return await queue.giveBack(song)
    log.error({ err: error, songId: song._id }, 'a song was not made; it is tried again')
    if (!isForNow(error)) return
    notBefore = performance.now() + pauseMs
    await queue.giveBack(song)
  }

  async function work(song: SongDocument): Promise<void> {
    const lost = new AbortController()
    const signal = AbortSignal.any([lost.signal, closing.signal])
    const renew = async () => {
      if (!(await queue.renew(song))) lost.abort()
    }
    const startedAtMs = performance.now()
    const ended = (outcome: 'ready' | 'again' | SongFailure) => onEnd(outcome, performance.now() - startedAtMs)
    const heartbeat = setInterval(() => {
      renew().catch((error: unknown) => log.warn({ err: error }, 'a lease was not renewed'))
    }, leaseMs / 3)
    try {
      if (song.attempts > mostAttempts) throw new SongFault('interrupted', `${mostAttempts} tries came to no end`)
      tell(song.ownerId, { songId: song._id, status: 'processing', progress: 0 })
      await finish(song, await make(song, { signal, onProgress: progressTeller(song) }))
      ended('ready')
    } catch (error) {
      ended(error instanceof SongFault ? error.reason : 'again')
      await settleFailure(song, error, !lost.signal.aborted)
    } finally {
      clearInterval(heartbeat)
    }
  }

  /** Takes up one song, and then the next, until there is none. */
  async function workOff(): Promise<void> {
    for (;;) {
      if (closing.signal.aborted || performance.now() < notBefore) return
      const song = await queue.claim()
      if (!song) return
      await work(song)
    }
  }

  function begin(): void {
    if (running.size >= jobs || closing.signal.aborted) return
    const run: Promise<void> = workOff()
      .catch((error: unknown) => log.error({ err: error }, "the queue of uploads can't be worked off"))
      .finally(() => running.delete(run))
    running.add(run)
  }

  return {
    /** Something may wait. */
    wake: begin,

    /** From now on looks by itself, too. */
    open(): void {
      timer = setInterval(
        () => {
          while (running.size < jobs && !closing.signal.aborted) begin()
        },
        Math.min(lookEveryMs, leaseMs)
      )
      timer.unref()
      begin()
    },

    /** Resolves when nothing is worked on. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.all(running)
    },

    /** Breaks off what is worked on; it goes on elsewhere, or later. */
    async close(): Promise<void> {
      clearInterval(timer)
      closing.abort(new Error('the server stops'))
      await this.idle()
    }
  }
}

/** Something that is missing now, room on the disk too, and will be there again. */
function isForNow(error: unknown): boolean {
  return (
    error instanceof ProgramMissing || isOutOfSpace(error) || (error instanceof CodedError && error.code === 'UNAVAILABLE')
  )
}
