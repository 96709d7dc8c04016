import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { Test } from 'tap'
import { loadConfig } from '../../../../config/config.ts'
import type { ServerPayload } from '../../../../contract/server-events.ts'
import type { MetadataSource } from '../../../../contract/metadata.ts'
import type { PlaylistItem } from '../../../../contract/playback.ts'
import { createAnswers } from '../../../../plugins/app/metadata/answers.ts'
import { createArtistCards } from '../../../../plugins/app/metadata/artist-cards.ts'
import { createAsker } from '../../../../plugins/app/metadata/asker.ts'
import {
  createMetadataCache,
  metadataEntriesKind,
  type MetadataEntry
} from '../../../../plugins/app/metadata/metadata-cache.ts'
import {
  RepositoryUnavailable,
  type FoundArtist,
  type FoundSong,
  type MetadataRepository
} from '../../../../plugins/app/metadata/metadata-repository.ts'
import { createProposalFinder } from '../../../../plugins/app/metadata/proposals.ts'
import { createSongMetadata } from '../../../../plugins/app/metadata/song-metadata.ts'
import { openSongs, type SongDocument } from '../../../../plugins/app/songs/document.ts'
import { createLibrary } from '../../../../plugins/app/songs/library.ts'
import { createArtistKeys, createSongFields } from '../../../../plugins/app/songs/song-fields.ts'
import { createSongQuestions } from '../../../../plugins/app/songs/song-questions.ts'
import { createTickets } from '../../../../plugins/app/identity/audio-tickets.ts'
import mongodb from '../../../../plugins/external/mongodb.ts'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import storage from '../../../../plugins/external/storage.ts'
import { storeSettings } from '../../../store-settings.ts'

/** A repository that answers as it is told, and counts its calls. */
export interface FakeRepository extends MetadataRepository {
  songs: FoundSong[]
  artists: Map<string, FoundArtist>
  isDown: boolean
  calls: number
  /** Holds answers back until it resolves. */
  gate: Promise<void>
}

export function fakeRepository(name: MetadataSource, showForMs: number | null = null): FakeRepository {
  const answer = async <T>(value: () => T): Promise<T> => {
    fake.calls++
    await fake.gate
    if (fake.isDown) throw new RepositoryUnavailable('down')
    return value()
  }
  const fake: FakeRepository = {
    name,
    showForMs,
    songs: [],
    artists: new Map(),
    isDown: false,
    calls: 0,
    gate: Promise.resolve(),
    find: async () => await answer(() => fake.songs),
    artist: async id => await answer(() => fake.artists.get(id) ?? null),
    spareInMs: async () => 0
  }
  return fake
}

export const foundSong = (values: Partial<FoundSong>): FoundSong => ({
  title: null,
  artist: null,
  album: null,
  year: null,
  link: null,
  url: null,
  artistId: null,
  score: 0.9,
  ...values
})

export const foundArtist = (values: Partial<FoundArtist>): FoundArtist => ({
  name: 'An artist',
  url: null,
  about: null,
  genres: [],
  area: null,
  beginYear: null,
  endYear: null,
  links: [],
  ...values
})

/** Opens a store and a storage for one test file. */
export async function openStores(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-metadata-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const app = Fastify({ logger: { level: 'silent' } })
  app.decorate('config', loadConfig({ DATA_DIR: folder, ...storeSettings(folder) }))
  await app.register(mongodb)
  await app.register(storage)
  await app.ready()
  t.teardown(async () => await app.close())
  return app
}

export type Stores = Awaited<ReturnType<typeof openStores>>

/** Creates the services of metadata with these repositories and a clock that only the test moves. */
export async function createParts(
  app: Stores,
  repositories: readonly MetadataRepository[],
  { log = app.log, timeoutMs }: { log?: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>; timeoutMs?: number } = {}
) {
  const clock = { ms: Date.now() }
  const nowMs = () => clock.ms
  const songs = await openSongs(app.db)
  const keys = createArtistKeys(text => createHash('sha256').update(text).digest('hex'))
  const fields = createSongFields(songs, keys, nowMs)
  const questions = createSongQuestions(songs, keys, nowMs)
  const { view, get: getDocument } = createLibrary(songs, createTickets([{ kid: 'a', secret: 'k'.repeat(32) }], nowMs))
  const records = createMongoRecords(app.db, 'test')
  const entries = await records.open<MetadataEntry, 'byId'>(metadataEntriesKind)
  const cache = createMetadataCache({ storage: app.storage, entries, redis: null, log: app.log, nowMs })
  const { signal } = new AbortController()
  const answers = createAnswers({ cache, log, signal, nowMs, ...(timeoutMs !== undefined && { timeoutMs }) })
  const proposalFinder = createProposalFinder({ repositories, answers })
  const notices: ServerPayload<'song:metadata'>[] = []
  const told: string[] = []
  const items = new Map<string, PlaylistItem>()
  const asker = createAsker({
    repositories,
    answers,
    questions,
    proposalFinder,
    notices: {
      send(_userId, _event, payload) {
        if ('proposals' in payload) notices.push(payload)
      }
    },
    log,
    signal,
    nowMs
  })
  return {
    clock,
    songs,
    fields,
    questions,
    cache,
    entries,
    answers,
    asker,
    notices,
    told,
    items,
    service: createSongMetadata({
      songs: {
        fields,
        questions,
        view,
        getDocument,
        tellChanged: async songId => {
          told.push(songId)
        }
      },
      proposalFinder,
      onWaiting() {}
    }),
    cards: createArtistCards({
      repositories,
      answers,
      findSong: questions.findByArtist,
      findItem: async key => items.get(key),
      log,
      nowMs
    }),
    /** Stores a ready song that waits for repositories. */
    async addSong(values: Partial<SongDocument> = {}): Promise<{ songId: string; ownerId: string }> {
      const [songId, ownerId] = [randomUUID(), randomUUID()]
      const song: SongDocument = {
        _id: songId,
        ownerId,
        state: 'ready',
        title: `Song ${songId}`,
        artist: null,
        album: null,
        durationMs: 1000,
        peaks: [],
        reason: null,
        sizeBytes: 1,
        audioBytes: 1,
        artworkName: 'x'.repeat(16),
        hasArtwork: false,
        words: [],
        leaseToken: null,
        leaseUntil: new Date(0),
        attempts: 1,
        askAt: new Date(0),
        createdAt: new Date(),
        ...values
      }
      await songs.insertOne(song)
      return { songId, ownerId }
    }
  }
}
