import type { FastifyBaseLogger } from 'fastify'
import type { Db } from 'mongodb'
import type { NamedKey } from '../../../config/config.ts'
import type { RecordingSpace } from '../../../contract/recordings.ts'
import type { StintFiles } from '../../../media/recording/stint-file.ts'
import { createSpaceCheck, type SpaceFloor } from '../../external/storage/free-space.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { createTickets } from '../identity/audio-tickets.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { Shows } from '../shows/shows.ts'
import { audioKey, openRecordings, toStoredStint } from './document.ts'
import { createOwnVoice } from './own-voice.ts'
import { createRecordedShows } from './recorded-shows.ts'
import { createRecordingSpaces } from './recording-space.ts'
import { createRemoval } from './removal.ts'
import type { RecordingSettings } from './settings.ts'
import { openSpool } from './spool.ts'
import { createStintFiles } from './stint-files.ts'
import { createStintStoring } from './stint-storing.ts'
import type { StoredRecordings } from './stored-recordings.ts'

const dayMs = 24 * 3_600_000
const byTime = { startedAt: 1, _id: 1 } as const

export interface RecordingsParts {
  db: Db
  storage: ObjectStorage
  shows: Pick<Shows, 'findRecord' | 'findStarted' | 'assertVisible'>
  /** Keys that sign tickets, the current one first. */
  ticketKeys: readonly NamedKey[]
  settings: RecordingSettings
  log: Pick<FastifyBaseLogger, 'warn' | 'error'>
  nowMs: () => number
  /** Reads the free space of the disk of the spool. */
  readFreeBytes?: SpaceFloor['readFreeBytes']
}

/** The recordings of shows, with the parts that only the server itself uses. */
export interface Recordings extends StoredRecordings {
  stintFiles: StintFiles
  ownVoice: Pick<ReturnType<typeof createOwnVoice>, 'list' | 'getAudio'>
  personalData: PersonalDataKeeper
  /** Returns the space that the recordings of a person's shows use, and its limit. */
  getSpace(creatorId: string): Promise<RecordingSpace>
  /** Removes all that is stored about the recording of a show, without telling listeners. Safe to repeat. */
  removeOfShow(showId: string): Promise<void>
  /** Number of stints that wait in the spool of this server. */
  countPending(): number
  /** Tells listeners of changes that they have not followed. Safe on several servers at once. */
  tellLeftChanges(): Promise<void>
  /** Stores the stints that servers left in this spool when they ended. */
  recover(): Promise<void>
  /** Finishes interrupted removals, and deletes recordings that are too old. */
  removeLeftovers(): Promise<void>
  /** Shows other servers that this one is alive, and ends stints that were removed from the store. */
  beat(): Promise<void>
  close(): Promise<void>
}

/** Opens the recordings of shows. */
export async function createRecordings(parts: RecordingsParts): Promise<Recordings> {
  const { db, storage, shows, settings, log, nowMs } = parts
  const tables = await openRecordings(db)
  const spool = await openSpool(settings.spoolFolder)
  const space = createRecordingSpaces(tables, settings.limitBytes)
  const recordedShows = createRecordedShows({
    tables,
    shows,
    log,
    nowMs,
    release: space.release,
    removeLeftOf: async showId => await removal.removeShow(showId)
  })
  const { markChanged, tell } = recordedShows

  async function changed(showId: string): Promise<void> {
    await markChanged(showId)
    await tell(showId)
  }

  const storing = createStintStoring({ tables, storage, spool, space, log, onStored: changed })
  const stintFiles = createStintFiles({
    tables,
    shows,
    spool,
    space,
    assertSpace: createSpaceCheck({
      folder: settings.spoolFolder,
      minFreeBytes: settings.minFreeBytes,
      plannedBytes: spool.getUsedBytes,
      ...(parts.readFreeBytes && { readFreeBytes: parts.readFreeBytes })
    }),
    store: storing.add,
    log
  })
  const removal = createRemoval({ tables, storage, release: space.release, abort: stintFiles.end })

  const ownVoice = createOwnVoice({
    tables,
    storage,
    shows,
    tickets: createTickets(parts.ticketKeys, nowMs, 'ambient recording tickets')
  })

  async function eraseSpeaker(userId: string): Promise<void> {
    for (const showId of await removal.removeSpeaker(userId)) await changed(showId)
  }

  async function deleteOf(showId: string): Promise<void> {
    await removal.removeStintsOf(showId)
    await changed(showId)
  }

  return {
    stintFiles,
    ownVoice,
    personalData: { export: ownVoice.export, erase: eraseSpeaker },
    isComplete: recordedShows.isComplete,
    onChanged: recordedShows.listen,
    tellLeftChanges: recordedShows.tellLeftChanges,
    getSpace: space.getSpace,
    holdReplay: space.holdReplay,
    countPending: storing.countPending,
    removeOfShow: removal.removeShow,
    deleteOf,

    async stintsOf(showId) {
      const found = await tables.stints.find({ showId, state: 'stored' }).sort(byTime).toArray()
      return found.map(toStoredStint)
    },

    async listStints(showId) {
      const projection = { showId: 1, userId: 1 } as const
      const found = await tables.stints.find({ showId, state: 'stored' }, { projection }).sort(byTime).toArray()
      return found.map(({ _id, userId }) => ({ id: _id, showId, userId }))
    },

    async findStint(stintId) {
      const stint = await tables.stints.findOne({ _id: stintId, state: 'stored' })
      return stint && toStoredStint(stint)
    },

    async read(stint) {
      return (await storage.get(audioKey(stint)))?.stream ?? null
    },

    async recover() {
      for (const stintId of await spool.takeLeftovers()) storing.add(stintId)
    },

    async removeLeftovers() {
      await removal.removeLeftovers()
      if (settings.retentionDays === undefined) return
      const before = new Date(nowMs() - settings.retentionDays * dayMs)
      for (const showId of await recordedShows.listEndedBefore(before)) await deleteOf(showId)
    },

    async beat() {
      await spool.touch()
      await stintFiles.endRemoved()
    },

    async close() {
      await stintFiles.close()
      await storing.close()
      await spool.close()
    }
  }
}
