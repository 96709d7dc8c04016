import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import { songStatuses, type Song, type SongSpace, type SongStatus } from '../../../contract/songs.ts'
import type { Metrics } from '../../external/metrics.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { Notices } from '../people/notices.ts'
import type { Playlists } from '../playlists/playlists.ts'
import { findOwnNetwork } from './transcode/own-network.ts'
import { Tags } from './transcode/tags.ts'
import { openSongs, shownStates, type SongDocument } from './document.ts'
import { createIntake, type Arrival } from './intake.ts'
import { createLibrary, noSuchSong } from './library.ts'
import { createMaker } from './transcode-job.ts'
import { createSongQueue } from './queue.ts'
import { createRemoval } from './removal.ts'
import { createShelves } from './song-quota.ts'
import { createSound } from './song-audio.ts'
import { createTickets } from './tickets.ts'
import { openWorkFolders } from './work-folders.ts'
import { createWorkshop } from './song-worker.ts'
import { createUpkeep } from '../operations/maintenance.ts'

declare module 'fastify' {
  interface FastifyInstance {
    songs: Songs
  }
}

const mostUpkeepMs = 60_000

export type Songs = Awaited<ReturnType<typeof createSongs>>

/** What songs need: where they are kept, and who else has to do with them. */
export interface SongsParts extends Pick<
  FastifyInstance,
  'db' | 'config' | 'storage' | 'pictures' | 'validator' | 'log'
> {
  liveShows: Pick<LiveShows, 'isOnAir'>
  playlists: Pick<Playlists, 'songGone'>
  notices: Notices
  /** Each try to make a song that came to an end; an import counts nothing. */
  metrics?: { songs: Pick<Metrics['songs'], 'processed'> }
}

/** People's own songs: taken in, made ready to be played, kept, given out, and removed. */
export async function createSongs(app: SongsParts) {
  const { config, storage, notices, liveShows } = app
  const { SONG_LEASE_MS: leaseMs, SONG_KEEP_ORIGINALS: keepOriginals } = config
  const log = app.log.child({ part: 'songs' })
  const songs = await openSongs(app.db)
  const shelves = createShelves(app.db, config.LIMIT_SONGS_BYTES_PER_PERSON)
  const removal = createRemoval(songs, storage, shelves, leaseMs)
  const tickets = createTickets(config.JWT_KEYS, () => Date.now())
  const library = createLibrary(songs, tickets)
  const intake = createIntake({ songs, storage, shelves, removal, leaseMs })
  const ownNetwork = await findOwnNetwork()
  if (!ownNetwork) log.info('this machine starts no process without a network: what uploads are read with has ours')
  const make = createMaker({
    storage,
    pictures: app.pictures,
    shelves,
    folders: await openWorkFolders(join(config.DATA_DIR, 'song-work')),
    keepOriginals,
    settings: {
      frameMs: Number(config.SONG_FRAME_MS),
      timeLimitMs: config.SONG_TIME_LIMIT_MS,
      longestMs: config.LIMIT_SONG_MS,
      readTags: app.validator.reader(Tags),
      ownNetwork
    }
  })
  const workshop = createWorkshop({
    queue: createSongQueue(songs, shelves, leaseMs),
    removal,
    make,
    tell: (ownerId, news) => notices.tell(ownerId, 'song:status', news),
    keepOriginals,
    jobs: config.SONG_JOBS,
    leaseMs,
    log,
    ...(app.metrics && { onEnd: app.metrics.songs.processed })
  })
  const upkeep = createUpkeep(
    [
      {
        name: 'remove what is left of songs',
        everyMs: Math.min(leaseMs, mostUpkeepMs),
        run: async () => await removal.removeLeft()
      }
    ],
    log
  )

  /** What was marked goes: out of playlists first, so that nobody plays it any more. */
  async function remove(song: SongDocument): Promise<void> {
    await app.playlists.songGone(song._id)
    await removal.remove(song)
  }

  return {
    ...createSound(storage, library, tickets),
    list: library.list.bind(library),
    items: library.items,
    heldAbout: library.heldAbout,
    workshop,

    /** Takes in a file; the song is made by and by. Throws UNSUPPORTED_MEDIA, PAYLOAD_TOO_LARGE, CONFLICT for what was imported before. */
    async add(arrival: Arrival, source: AsyncIterable<Uint8Array>): Promise<Song> {
      const song = await intake.take(arrival, source).catch((error: unknown) => {
        throw isDuplicateKey(error) ? new CodedError('CONFLICT', 'It was imported before.') : error
      })
      workshop.wake()
      return library.view(song)
    },

    /** Whether an import of somebody's is under way, or died so lately that it can't be told from one. */
    async isImporting(ownerId: string): Promise<boolean> {
      await removal.removeLeft()
      return (
        (await songs.findOne(
          { ownerId, importKey: { $exists: true }, state: 'receiving' },
          { projection: { _id: 1 } }
        )) !== null
      )
    },

    imported: async (importKey: string): Promise<boolean> =>
      (await songs.findOne({ importKey }, { projection: { _id: 1 } })) !== null,

    /** How many uploads, anybody's, are being made songs or wait for it. */
    waiting: async (): Promise<number> => await songs.countDocuments({ state: 'processing' }),

    /** How many songs somebody has. */
    async counts(ownerId: string): Promise<Record<SongStatus, number>> {
      const [processing, ready, failed] = await Promise.all(
        songStatuses.map(async state => await songs.countDocuments({ ownerId, state }))
      )
      return { processing: processing ?? 0, ready: ready ?? 0, failed: failed ?? 0 }
    },

    /** How much of their space somebody's songs take. */
    space: async (ownerId: string): Promise<SongSpace> => ({
      usedBytes: await shelves.usedBytes(ownerId),
      limitBytes: config.LIMIT_SONGS_BYTES_PER_PERSON,
      largestUploadBytes: config.LIMIT_UPLOAD_BYTES
    }),

    /** Throws NOT_FOUND. */
    get: async (ownerId: string, songId: string): Promise<Song> => library.view(await library.require(ownerId, songId)),

    /** Throws NOT_FOUND; CONFLICT while a live show plays it. */
    async delete(ownerId: string, songId: string): Promise<void> {
      const song = await removal.mark({ _id: songId, ownerId, state: { $in: [...shownStates] } })
      if (!song) throw noSuchSong()
      // Nobody begins to play what is marked, so the answer holds.
      if (liveShows.isOnAir(songId)) {
        await removal.putBack(song)
        throw new CodedError('CONFLICT', 'The song is on air.')
      }
      await remove(song)
    },

    /** All of somebody's songs, on air or not. Safe to repeat. */
    async erase(ownerId: string): Promise<void> {
      for await (const { _id } of songs.find({ ownerId }, { projection: { _id: 1 } })) {
        const song = (await removal.mark({ _id, state: { $ne: 'leaving' } })) ?? (await songs.findOne({ _id }))
        if (song) await remove(song)
      }
      await shelves.remove(ownerId)
    },

    /** Works off what waits and removes what is left over, from now on. */
    open(): void {
      upkeep.begin()
      workshop.open()
    },

    async close(): Promise<void> {
      await Promise.all([upkeep.close(), workshop.close()])
    }
  }
}

export default fp(
  async app => {
    const songs = await createSongs(app)
    app.decorate('songs', songs)
    app.personalData.register('songs', {
      export: userId => songs.heldAbout(userId),
      erase: async userId => await songs.erase(userId)
    })
    app.addHook('onListen', async () => songs.open())
    app.addHook('onClose', async () => await songs.close())
  },
  {
    name: 'songs',
    dependencies: [
      'metrics',
      'mongodb',
      'storage',
      'pictures',
      'validation',
      'live-shows',
      'playlists',
      'notices',
      'personal-data'
    ]
  }
)
