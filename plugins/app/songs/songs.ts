import type { FastifyBaseLogger } from 'fastify'
import type { Db } from 'mongodb'
import type { NamedKey } from '../../../config/config.ts'
import { CodedError } from '../../../contract/errors.ts'
import {
  songStatuses,
  type Song,
  type SongOnAir,
  type SongPatch,
  type SongSpace,
  type SongStatus
} from '../../../contract/songs.ts'
import type { Pictures } from '../../external/pictures.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import type { Notices } from '../people/notices.ts'
import type { Shows } from '../shows/shows.ts'
import { openSongs, visibleStates } from './document.ts'
import { createIntake, type SongUpload } from './intake.ts'
import { createJingles, tooManyJingles } from './jingles.ts'
import { createLibrary, noSuchSong } from './library.ts'
import { createSongQueue } from './queue.ts'
import { createRemoval } from './removal.ts'
import type { SongSettings } from './settings.ts'
import { createSongAudio } from './song-audio.ts'
import { createSongChanges } from './song-changes.ts'
import { createArtistKeys, createSongFields } from './song-fields.ts'
import { createSongQuestions } from './song-questions.ts'
import { createSongQuota } from './song-quota.ts'
import { createSongWorker, type TranscodeOutcome } from './song-worker.ts'
import { createTickets } from '../identity/audio-tickets.ts'
import { createTranscodeJob } from './transcode-job.ts'
import { findNetworkIsolation } from './transcode/network-isolation.ts'
import type { Tags } from './transcode/tags.ts'
import { openWorkFolders } from './work-folders.ts'

/** Called for a song that is being removed, before its bytes go. Safe to repeat. */
export type SongRemovedListener = (songId: string, ownerId: string) => Promise<void>

export type Songs = Awaited<ReturnType<typeof createSongs>>

export interface SongsParts {
  db: Db
  storage: ObjectStorage
  pictures: Pictures
  shows: Pick<Shows, 'isSongOnAir' | 'findSongsOnAir'>
  notices: Notices
  /** Keys that sign tickets, the current one first. */
  ticketKeys: readonly NamedKey[]
  /** Hashes the names of artists, with a key. */
  hash(text: string): string
  /** Validates the tags that were read from a file. */
  parseTags(printed: unknown): Tags
  settings: SongSettings
  log: FastifyBaseLogger
  /** Called at the end of each attempt to transcode a song. */
  onAttemptEnd?(outcome: TranscodeOutcome, durationMs: number): void
}

/** People's own songs: uploads, transcoding, storage, delivery and removal. */
export async function createSongs(parts: SongsParts) {
  const { db, storage, pictures, shows, notices, settings, log } = parts
  const { leaseMs, keepOriginals } = settings
  const songs = await openSongs(db)
  const quota = createSongQuota(db, settings.quotaBytes)
  const removedListeners: SongRemovedListener[] = []
  const changes = createSongChanges({ songs, log })
  const artistKeyOf = createArtistKeys(parts.hash)
  const fields = createSongFields(songs, artistKeyOf)
  const removal = createRemoval({
    songs,
    storage,
    quota,
    leaseMs,
    async onRemove(songId, ownerId) {
      for (const listener of removedListeners) await listener(songId, ownerId)
    }
  })
  const tickets = createTickets(parts.ticketKeys, () => Date.now())
  const library = createLibrary(songs, tickets)
  const intake = createIntake({ songs, storage, quota, removal, leaseMs })
  const networkIsolation = await findNetworkIsolation()
  if (!networkIsolation) log.info('no network isolation on this machine: transcoding processes can reach the network')
  const worker = createSongWorker({
    queue: createSongQueue({ songs, quota, leaseMs, artistKeyOf }),
    removal,
    transcode: createTranscodeJob({
      storage,
      pictures,
      quota,
      folders: await openWorkFolders(settings.workFolder),
      keepOriginals,
      options: {
        frameMs: settings.frameMs,
        timeLimitMs: settings.timeLimitMs,
        maxDurationMs: settings.maxDurationMs,
        parseTags: parts.parseTags,
        networkIsolation
      }
    }),
    onStatus: (ownerId, news) => notices.send(ownerId, 'song:status', news),
    keepOriginals,
    maxParallelJobs: settings.maxParallelJobs,
    leaseMs,
    log,
    ...(parts.onAttemptEnd && { onAttemptEnd: parts.onAttemptEnd })
  })

  const audio = createSongAudio({ storage, library, tickets })
  const jingles = createJingles({ songs, source: audio.source })

  return {
    ...audio,
    /** Lists the jingles of a person. */
    listJingles: jingles.list,
    /** Returns a jingle of a person for the player of a live show. Throws NOT_FOUND. */
    jingle: jingles.find,
    list: library.list,
    listEdges: library.listEdges,
    findItems: library.findItems,
    rightsOf: library.rightsOf,
    worker,
    artistKeyOf,
    fields,
    questions: createSongQuestions(songs, artistKeyOf),
    view: library.view,
    getDocument: library.get,
    findItem: library.findItem,
    findRequestable: library.findRequestable,
    listRequestable: library.listRequestable,
    tellChanged: changes.tell,
    tellLeftChanges: changes.tellLeftChanges,
    onChanged: changes.listen,

    /** Stores what the owner typed. Throws NOT_FOUND, and CONFLICT for a song that cannot be a jingle. */
    async patch(ownerId: string, songId: string, patch: SongPatch): Promise<Song> {
      const isNewJingle = patch.jingle ? (await jingles.assertMayMark(ownerId, songId)).isNew : false
      const song = await fields.patch(ownerId, songId, patch)
      if (isNewJingle && (await jingles.isOverLimit(ownerId))) {
        await fields.patch(ownerId, songId, { jingle: null })
        await changes.tell(songId)
        throw tooManyJingles()
      }
      await changes.tell(songId)
      return library.view(song)
    },

    /** Adds a listener for removed songs. The removal waits for it, and fails with it. */
    onRemoved(listener: SongRemovedListener): void {
      removedListeners.push(listener)
    },

    /**
     * Stores an upload, which is transcoded later. Throws UNSUPPORTED_MEDIA, PAYLOAD_TOO_LARGE, and CONFLICT for a file
     * that was imported before.
     */
    async add(upload: SongUpload, source: AsyncIterable<Uint8Array>): Promise<Song> {
      const song = await intake.receive(upload, source).catch((error: unknown) => {
        throw isDuplicateKey(error) ? new CodedError('CONFLICT', 'This file was imported before.') : error
      })
      worker.wake()
      return library.view(song)
    },

    /** Whether an import for this person is running, or ended too recently to tell. */
    async isImporting(ownerId: string): Promise<boolean> {
      await removal.removeLeftovers()
      return (
        (await songs.findOne(
          { ownerId, importKey: { $exists: true }, state: 'receiving' },
          { projection: { _id: 1 } }
        )) !== null
      )
    },

    isImported: async (importKey: string): Promise<boolean> =>
      (await songs.findOne({ importKey }, { projection: { _id: 1 } })) !== null,

    /** Counts the uploads of all people that are queued or being transcoded. */
    countWaiting: async (): Promise<number> => await songs.countDocuments({ state: 'processing' }),

    async countByStatus(ownerId: string): Promise<Record<SongStatus, number>> {
      const [processing, ready, failed] = await Promise.all(
        songStatuses.map(async state => await songs.countDocuments({ ownerId, state }))
      )
      return { processing: processing ?? 0, ready: ready ?? 0, failed: failed ?? 0 }
    },

    /** Returns the space that a person's songs use, and its limit. */
    getSpace: async (ownerId: string): Promise<SongSpace> => ({
      usedBytes: await quota.getUsedBytes(ownerId),
      limitBytes: settings.quotaBytes,
      largestUploadBytes: settings.maxUploadBytes
    }),

    /** Throws NOT_FOUND. */
    get: async (ownerId: string, songId: string): Promise<Song> => library.view(await library.get(ownerId, songId)),

    /** Returns the songs on air of shows by the id of the show, without checking permissions. Two commands for all. */
    async onAir(showIds: readonly string[]): Promise<Map<string, SongOnAir[]>> {
      const ids = await shows.findSongsOnAir(showIds)
      const found = await library.findOnAir([...ids.values()].flat())
      return new Map([...ids].map(([showId, songIds]) => [showId, songIds.flatMap(id => found.get(id) ?? [])]))
    },

    /** Deletes a song. Throws NOT_FOUND, and CONFLICT while a live show plays it. */
    async delete(ownerId: string, songId: string): Promise<void> {
      const song = await removal.mark({ _id: songId, ownerId, state: { $in: [...visibleStates] } })
      if (!song) throw noSuchSong()
      // A marked song can't start playing on any node, so this check stays valid.
      if (await shows.isSongOnAir(songId)) {
        await removal.unmark(song)
        throw new CodedError('CONFLICT', 'A live show is playing this song. Stop it there first.')
      }
      await removal.remove(song)
    },

    /** Finishes interrupted removals, and removes leftovers of uploads and transcoding. */
    removeLeftovers: removal.removeLeftovers,

    personalData: {
      export: library.export,

      /** Removes all songs of a person, also those that are playing. */
      async erase(ownerId: string): Promise<void> {
        for await (const { _id } of songs.find({ ownerId }, { projection: { _id: 1 } })) {
          const song = (await removal.mark({ _id, state: { $ne: 'leaving' } })) ?? (await songs.findOne({ _id }))
          if (song) await removal.remove(song)
        }
        await quota.remove(ownerId)
      }
    }
  }
}
