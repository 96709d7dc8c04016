import { createReadStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'
import pTimeout from 'p-timeout'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { audioKey, type RecordingTables, type StintDocument } from './document.ts'
import { durationOf, usableMarks } from './ogg-end.ts'
import type { RecordingSpaces } from './recording-space.ts'
import type { Spool, SpooledStint } from './spool.ts'

/** Stints that are moved to the storage at the same time. */
const maxParallel = 2
const minRetryMs = 1_000
const maxRetryMs = 60_000
/** Time for which the end of the server waits for attempts in progress. What is left stays in the spool. */
const closeTimeoutMs = 5_000

export interface StintStoringParts {
  tables: RecordingTables
  storage: Pick<ObjectStorage, 'put' | 'delete'>
  spool: Pick<Spool, 'pathsOf' | 'settle' | 'findShowId' | 'remove'>
  space: Pick<RecordingSpaces, 'hold' | 'release'>
  log: Pick<FastifyBaseLogger, 'warn'>
  /** Called after the stored stints of a show have changed. */
  onStored(showId: string): Promise<void>
}

export type StintStoring = ReturnType<typeof createStintStoring>

/** Moves stints from the spool to the storage. It tries again while the storage is away. */
export function createStintStoring({ tables, storage, spool, space, log, onStored }: StintStoringParts) {
  const queue = new PQueue({ concurrency: maxParallel })
  const closing = new AbortController()
  const pending = new Set<string>()

  /** Removes a stint without audio from the store. */
  async function forget({ _id, showId }: Pick<StintDocument, '_id' | 'showId'>): Promise<void> {
    await tables.stints.deleteOne({ _id, state: 'writing' })
    await space.release(showId, _id)
    await onStored(showId)
  }

  async function putAudio(stint: StintDocument, { sizeBytes, samples, marks }: SpooledStint): Promise<void> {
    const { _id, showId, startedAt } = stint
    const key = audioKey({ id: _id, showId })
    const source = createReadStream(spool.pathsOf(_id).audio, { end: sizeBytes - 1, signal: closing.signal })
    try {
      await storage.put(key, source)
    } finally {
      source.destroy()
    }
    const { matchedCount } = await tables.stints.updateOne(
      { _id, state: 'writing' },
      {
        $set: {
          state: 'stored',
          durationMs: durationOf({ samples }),
          sizeBytes,
          marks: usableMarks(marks, samples, startedAt.getTime())
        }
      }
    )
    // It was removed meanwhile, perhaps before its bytes were there.
    if (matchedCount === 0) await storage.delete(key)
  }

  /** Deletes the audio of a stint that was removed while, in this or an earlier process, its bytes were put. */
  async function discardAudio(stintId: string): Promise<void> {
    const showId = await spool.findShowId(stintId)
    if (showId !== null) await storage.delete(audioKey({ id: stintId, showId }))
  }

  /** Moves a stint. An attempt that failed after storing it is finished by the next one. */
  async function move(stintId: string): Promise<void> {
    const stint = await tables.stints.findOne({ _id: stintId, state: 'writing' })
    if (stint) {
      const spooled = await spool.settle(stintId)
      // Another server took it over, because this one did not show that it was alive.
      if (!spooled) return
      if (spooled.samples > 0) await putAudio(stint, spooled)
      else await forget(stint)
    }
    const stored = await tables.stints.findOne({ _id: stintId, state: 'stored' }, { projection: { marks: 0 } })
    if (stored) {
      await space.hold(stored.showId, stintId, stored.sizeBytes)
      await onStored(stored.showId)
    } else await discardAudio(stintId)
    await spool.remove(stintId)
  }

  /** Queues one attempt. After a failure the stint waits outside the queue, so that it does not hold up others. */
  function enqueue(stintId: string, retryMs = minRetryMs): void {
    queue.add(async () => {
      if (closing.signal.aborted) return
      try {
        await move(stintId)
        pending.delete(stintId)
      } catch (err) {
        if (closing.signal.aborted) return
        log.warn({ err, stintId, retryMs }, 'recorded stint not stored, retrying')
        enqueueLater(stintId, retryMs)
      }
    })
  }

  function enqueueLater(stintId: string, retryMs: number): void {
    sleep(retryMs, undefined, { signal: closing.signal }).then(
      () => enqueue(stintId, Math.min(retryMs * 2, maxRetryMs)),
      // The server ends. What is left stays in the spool.
      () => {}
    )
  }

  return {
    /** Moves a stint that is not being written any more. Stints without audio and removed ones are dropped. */
    add(stintId: string): void {
      if (closing.signal.aborted || pending.has(stintId)) return
      pending.add(stintId)
      enqueue(stintId)
    },

    /** Number of stints that wait in the spool of this server. */
    countPending: (): number => pending.size,

    /** Waits for attempts in progress, for a few seconds. */
    async close(): Promise<void> {
      await pTimeout(queue.onIdle(), { milliseconds: closeTimeoutMs }).catch(() => {})
      closing.abort()
      await queue.onIdle()
    }
  }
}
