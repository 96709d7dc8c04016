import type { FastifyBaseLogger } from 'fastify'
import type { StintFailure, StintFile, StintFiles, StintStart } from '../../../media/recording/stint-file.ts'
import { isOutOfSpace } from '../../external/storage/out-of-space.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { Shows } from '../shows/shows.ts'
import type { RecordingTables } from './document.ts'
import type { RecordingSpaces } from './recording-space.ts'
import type { Spool } from './spool.ts'
import { openStintWriter, sliceBytes } from './stint-writer.ts'

export interface StintFilesParts {
  tables: RecordingTables
  shows: Pick<Shows, 'findRecord'>
  spool: Pick<Spool, 'pathsOf' | 'create' | 'grow'>
  space: Pick<RecordingSpaces, 'reserve'>
  /** Throws ENOSPC while the disk of the spool has less free space than it must keep. */
  assertSpace(): Promise<void>
  /** Moves a stint that is not written any more to the storage, or drops it when it has no audio or was removed. */
  store(stintId: string): void
  log: Pick<FastifyBaseLogger, 'error'>
}

/** The stints that this server writes. */
export interface OpenStints extends StintFiles {
  /** Ends these stints, if this server writes them. */
  end(stintIds: readonly string[]): Promise<void>
  /** Ends the stints that were removed from the store, such as those of an erased speaker. */
  endRemoved(): Promise<void>
  /** Ends all stints. */
  close(): Promise<void>
}

/** Ignores everything: the file of a stint that could not begin. */
const noFile: StintFile = { append() {}, mark() {}, async close() {} }

/** Opens the files of stints in the spool, within the limits of the disk and of the creator's space. */
export function createStintFiles(parts: StintFilesParts): OpenStints {
  const { tables, shows, spool, space, assertSpace, store, log } = parts
  const writers = new Map<string, StintFile>()

  async function getCreatorId(showId: string): Promise<string> {
    const known = await tables.shows.findOne({ _id: showId }, { projection: { creatorId: 1 } })
    const creatorId = known?.creatorId ?? (await shows.findRecord(showId))?.creator.id
    if (creatorId === undefined) throw new Error(`a stint of show ${showId}, which does not exist`)
    return creatorId
  }

  /** Stores that the stint begins. Until it ends, the show is not complete. */
  async function begin(stintId: string, { showId, userId, startedAtMs }: StintStart, creatorId: string): Promise<void> {
    await tables.shows.updateOne(
      { _id: showId },
      { $set: { hasUntoldChange: true }, $setOnInsert: { creatorId, held: {} }, $inc: { changes: 1 } },
      { upsert: true }
    )
    await tables.stints.insertOne({
      _id: stintId,
      showId,
      userId,
      state: 'writing',
      startedAt: new Date(startedAtMs),
      durationMs: 0,
      sizeBytes: 0,
      marks: []
    })
  }

  async function openWriter(
    stintId: string,
    { showId, userId, startedAtMs }: StintStart,
    creatorId: string,
    onFailed: (failure: StintFailure) => void
  ): Promise<StintFile> {
    const keys = { creatorId, showId, stintId }
    await begin(stintId, { showId, userId, startedAtMs }, creatorId)
    if (!(await space.reserve(keys, sliceBytes, 0))) {
      store(stintId)
      onFailed('quota')
      return noFile
    }
    const writer = await openStintWriter({
      paths: spool.pathsOf(stintId),
      assertSpace,
      reserve: async (bytes, before) => await space.reserve(keys, bytes, before),
      onAppending: bytes => spool.grow(stintId, bytes),
      onFailed,
      onError: err => log.error({ err, showId, userId, stintId }, 'recorded stint written with errors'),
      onClosed() {
        writers.delete(stintId)
        store(stintId)
      }
    })
    writers.set(stintId, writer)
    return writer
  }

  return {
    async open(start, onFailed) {
      const creatorId = await getCreatorId(start.showId)
      const stintId = opaqueId()
      try {
        await assertSpace()
        // Its file is there before the store knows of it, so that a stint that this server loses is found in the spool.
        await spool.create(stintId, start.showId)
        return await openWriter(stintId, start, creatorId, onFailed)
      } catch (error) {
        store(stintId)
        if (!isOutOfSpace(error)) throw error
        onFailed('full')
        return noFile
      }
    },

    async end(stintIds) {
      for (const stintId of stintIds) await writers.get(stintId)?.close()
    },

    async endRemoved() {
      if (writers.size === 0) return
      const ids = [...writers.keys()]
      const found = await tables.stints
        .find({ _id: { $in: ids }, state: 'writing' }, { projection: { _id: 1 } })
        .toArray()
      const present = new Set(found.map(({ _id }) => _id))
      await this.end(ids.filter(id => !present.has(id)))
    },

    async close() {
      await this.end([...writers.keys()])
    }
  }
}
