import { createCache } from 'async-cache-dedupe'
import type { FastifyBaseLogger } from 'fastify'
import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { Nullable } from '../../../contract/primitives.ts'
import type { Answer, MetadataCache } from './metadata-cache.ts'
import {
  RepositoryUnavailable,
  type FoundArtist,
  type FoundSong,
  type MetadataRepository,
  type SongQuestion
} from './metadata-repository.ts'
import { cleanArtist, cleanSongs } from './untrusted-content.ts'

const text = Nullable(Type.String())
const number = Nullable(Type.Number())
const FoundSongs = Type.Array(
  Type.Object({
    title: text,
    artist: text,
    album: text,
    year: number,
    link: text,
    url: text,
    artistId: text,
    score: Type.Number()
  })
)
const FoundArtistOrNone = Nullable(
  Type.Object({
    name: Type.String(),
    url: text,
    about: text,
    genres: Type.Array(Type.String()),
    area: text,
    beginYear: number,
    endYear: number,
    links: Type.Array(Type.Object({ label: Type.String(), address: Type.String() }))
  })
)

/** An answer that may be shown. */
export interface Fetched<V> {
  readonly fetchedAt: Date
  readonly value: V
}

export interface AnswersParts {
  cache: Pick<MetadataCache, 'find' | 'findMany' | 'put'>
  log: Pick<FastifyBaseLogger, 'warn'>
  /** Aborts questions when the server stops. */
  signal: AbortSignal
  nowMs(): number
  /** Maximum duration of a question, ms. */
  timeoutMs?: number
}

/** One question to a repository. */
interface Question {
  repository: MetadataRepository
  subject: string
  ask(signal: AbortSignal): Promise<unknown>
}

export type Answers = ReturnType<typeof createAnswers>

const dayMs = 24 * 3_600_000
/** Time for which an answer is kept, unless the repository forbids it. */
const keepMs = 180 * dayMs
/** An older answer is asked for again, and shown as long as that fails. */
const freshMs = 30 * dayMs
/** Time for which "nothing found" counts. */
const emptyMs = dayMs
/** A question takes no longer, with the time until its turn. */
const questionTimeoutMs = 80_000

/** Asks repositories, through the cache. Questions for the same at the same time make one call. */
export function createAnswers({ cache, log, signal, nowMs, timeoutMs = questionTimeoutMs }: AnswersParts) {
  const calls = createCache({ storage: { type: 'memory' } }).define(
    'call',
    { ttl: 0, serialize: ({ repository, subject }: Question) => `${repository.name}~${subject}` },
    call
  )

  async function call({ repository, subject, ask }: Question): Promise<Fetched<unknown>> {
    // The content is as old as the question at most.
    const fetchedAt = nowMs()
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const value = await ask(limit).catch((error: unknown) => {
      throw limit.aborted && error === limit.reason ? unanswered(repository, error) : error
    })
    await cache
      .put(repository.name, subject, { fetchedAt, value }, isEmpty(value) ? emptyMs : (repository.showForMs ?? keepMs))
      .catch((err: unknown) => log.warn({ err, source: repository.name }, 'metadata cache not writable'))
    return { fetchedAt: new Date(fetchedAt), value }
  }

  /** Returns a stored answer that may be shown. */
  async function find<S extends TSchema>(
    repository: MetadataRepository,
    subject: string,
    schema: S
  ): Promise<Fetched<Static<S>> | undefined> {
    return shownOf(repository, await cache.find(repository.name, subject), schema)
  }

  /** Returns an answer if it may be shown. */
  function shownOf<S extends TSchema>(
    { showForMs }: MetadataRepository,
    answer: Answer | undefined,
    schema: S
  ): Fetched<Static<S>> | undefined {
    if (!answer || !Value.Check(schema, answer.value)) return undefined
    const maxAgeMs = isEmpty(answer.value) ? emptyMs : showForMs
    if (maxAgeMs !== null && nowMs() - answer.fetchedAt >= maxAgeMs) return undefined
    return { fetchedAt: new Date(answer.fetchedAt), value: answer.value }
  }

  /** Returns the stored answer if it is fresh enough; else asks. A failure throws, and the stored answer stays. */
  async function get<S extends TSchema>(
    question: Question,
    schema: S,
    isFresh: (ageMs: number) => boolean
  ): Promise<Fetched<Static<S>>> {
    const stored = await find(question.repository, question.subject, schema)
    if (stored && isFresh(nowMs() - stored.fetchedAt.getTime())) return stored
    const { fetchedAt, value } = await calls.call(question)
    if (!Value.Check(schema, value)) throw new Error(`the adapter of ${question.repository.name} has another form`)
    return { fetchedAt, value }
  }

  const songQuestion = (repository: MetadataRepository, song: SongQuestion): Question => ({
    repository,
    subject: subjectOf(song),
    ask: async abort => cleanSongs(await repository.find(song, abort))
  })

  const artistQuestion = (repository: MetadataRepository, id: string): Question => ({
    repository,
    subject: artistSubjectOf(id),
    ask: async abort => {
      const artist = await repository.artist(id, abort)
      return artist && cleanArtist(artist)
    }
  })

  return {
    /** Returns what a repository has found for a song, if that may be shown. Asks nobody. */
    findSongs: async (repository: MetadataRepository, song: SongQuestion): Promise<Fetched<FoundSong[]> | undefined> =>
      await find(repository, subjectOf(song), FoundSongs),

    /** Returns what a repository has found for each song, like `findSongs`, with one read for all. */
    async findSongsOfEach(
      questions: ReadonlyArray<readonly [MetadataRepository, SongQuestion]>
    ): Promise<(Fetched<FoundSong[]> | undefined)[]> {
      const answers = await cache.findMany(questions.map(([{ name }, song]) => [name, subjectOf(song)]))
      return questions.map(([repository], index) => shownOf(repository, answers[index], FoundSongs))
    },

    /** Returns an artist by its id in the repository, if that may be shown. Asks nobody. */
    findArtist: async (repository: MetadataRepository, id: string): Promise<Fetched<FoundArtist | null> | undefined> =>
      await find(repository, artistSubjectOf(id), FoundArtistOrNone),

    /** Asks for a song unless the answer is known. Throws RepositoryUnavailable. */
    getSongs: async (repository: MetadataRepository, song: SongQuestion): Promise<Fetched<FoundSong[]>> =>
      await get(songQuestion(repository, song), FoundSongs, ageMs => ageMs < freshMs),

    /** Asks for an artist unless the answer is known. Throws RepositoryUnavailable. */
    getArtist: async (repository: MetadataRepository, id: string): Promise<Fetched<FoundArtist | null>> =>
      await get(artistQuestion(repository, id), FoundArtistOrNone, ageMs => ageMs < freshMs),

    /** Asks for an artist again when the answer is old, or will soon be too old to be shown. */
    async refreshArtist(repository: MetadataRepository, id: string): Promise<void> {
      const maxAgeMs = repository.showForMs === null ? freshMs : repository.showForMs / 2
      await get(artistQuestion(repository, id), FoundArtistOrNone, ageMs => ageMs < maxAgeMs)
    }
  }
}

/** Returns the times of an answer as they are on the wire: since when it is known, and until when it may be shown. */
export const timesOf = ({ showForMs }: Pick<MetadataRepository, 'showForMs'>, fetchedAt: Date) => ({
  fetchedAt: fetchedAt.toISOString(),
  ...(showForMs !== null && { showUntil: new Date(fetchedAt.getTime() + showForMs).toISOString() })
})

const unanswered = ({ name }: MetadataRepository, cause: unknown) =>
  new RepositoryUnavailable(`${name} did not answer a question in time`, { cause })

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)

const subjectOf = ({ title, artist, album, durationMs }: SongQuestion): string =>
  `song ${JSON.stringify([title, artist, album, Math.round(durationMs / 1000)])}`
const artistSubjectOf = (id: string): string => `artist ${JSON.stringify(id)}`
