import { setTimeout } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import type { ArtistCard } from '../../../contract/metadata.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { SongDocument } from '../songs/document.ts'
import { timesOf, type Answers, type Fetched } from './answers.ts'
import {
  RepositoryUnavailable,
  type FoundArtist,
  type MetadataRepository,
  type SongQuestion
} from './metadata-repository.ts'
import { findArtistId, matchedArtist, type KnownArtist } from './known-artist.ts'
import { questionAbout } from './proposals.ts'

export interface ArtistCardsParts {
  /** The repositories that are on, in order. */
  repositories: readonly MetadataRepository[]
  answers: Pick<Answers, 'findSongs' | 'findArtist' | 'getSongs' | 'getArtist' | 'refreshArtist'>
  findSong(artistKey: string): Promise<SongDocument | null>
  findItem(artistKey: string): Promise<PlaylistItem | undefined>
  log: Pick<FastifyBaseLogger, 'error'>
  nowMs(): number
  /** Time for which the first view of a card waits for repositories. */
  waitMs?: number
}

export type ArtistCards = ReturnType<typeof createArtistCards>

const defaultWaitMs = 1500
/** Artists that are asked for at the same time; further ones get a card of what is known. */
const maxPending = 20
/** After a failure, an artist is asked for again after this time. */
const failureMs = 60_000
const maxFailures = 1000
const maxParts = 10
/** A refresh waits this long for a repository: longer than the pause after the history of calls was lost. */
const maxSpareWaitMs = 70_000

/** Cards of artists, made of what the repositories that are on know about them. */
export function createArtistCards(parts: ArtistCardsParts) {
  const { repositories, answers, findSong, findItem, log, nowMs, waitMs = defaultWaitMs } = parts
  const pending = new Map<string, Promise<void>>()
  const failures = new Map<string, number>()

  /** Throws NOT_FOUND for an artist of no song or playlist: nobody is asked for strangers' words. */
  async function getKnown(key: string): Promise<KnownArtist> {
    const song = await findSong(key)
    if (song && song.artist !== null) {
      const { artist: name, artistIds = {}, rejected = [] } = song
      return { name, question: questionAbout(song), artistIds, rejected }
    }
    const item = await findItem(key)
    const name = item?.artists[0]
    if (!item || name === undefined) throw new CodedError('NOT_FOUND', 'There is no such artist.')
    const { title, album, durationMs } = item
    const question: SongQuestion = { title, artist: name, album, durationMs }
    return { name, question, artistIds: {}, rejected: [] }
  }

  /** Returns what repositories have answered about an artist, and whether some still have to be asked. */
  async function read(artist: KnownArtist) {
    const found = await Promise.all(
      repositories.map(async repository => {
        const id = await findArtistId(repository, artist, answers.findSongs)
        if (id === undefined) return { repository, isMissing: true, answer: undefined }
        const answer = id === null ? undefined : await answers.findArtist(repository, id)
        return { repository, isMissing: id !== null && !answer, answer }
      })
    )
    return { found, isMissing: found.some(({ isMissing }) => isMissing) }
  }

  async function ask(artist: KnownArtist, repository: MetadataRepository): Promise<void> {
    const accepted = artist.artistIds[repository.name]
    const id =
      accepted ?? matchedArtist(repository.name, artist, (await answers.getSongs(repository, artist.question)).value)
    if (id !== null) await answers.getArtist(repository, id)
  }

  async function askAll(key: string, artist: KnownArtist): Promise<void> {
    const results = await Promise.allSettled(repositories.map(async repository => await ask(artist, repository)))
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      if (failures.size >= maxFailures) failures.clear()
      failures.set(key, nowMs() + failureMs)
      if (!(result.reason instanceof RepositoryUnavailable)) log.error({ err: result.reason }, 'artist not read')
    }
  }

  /** Asks for an artist, once at a time. Undefined while too many are asked for, and soon after a failure. */
  function startAsking(key: string, artist: KnownArtist): Promise<void> | undefined {
    const running = pending.get(key)
    if (running || pending.size >= maxPending || (failures.get(key) ?? 0) > nowMs()) return running
    failures.delete(key)
    const started = askAll(key, artist).finally(() => pending.delete(key))
    pending.set(key, started)
    return started
  }

  return {
    /**
     * Returns the card of an artist, of what may be shown. Asks for what is missing, and waits a moment for it. Throws
     * NOT_FOUND.
     */
    async get(key: string): Promise<ArtistCard> {
      const artist = await getKnown(key)
      let state = await read(artist)
      const asking = state.isMissing ? startAsking(key, artist) : undefined
      if (asking) {
        const timer = new AbortController()
        await Promise.race([asking, setTimeout(waitMs, undefined, { signal: timer.signal }).catch(() => {})])
        timer.abort()
        state = await read(artist)
      }
      return cardOf(
        key,
        artist.name,
        state.found.flatMap(({ repository, answer }) => (answer ? [{ repository, answer }] : []))
      )
    },

    /** Asks repositories again whose answers are old. Leaves out those whose rate others need for long. */
    async refresh(key: string, signal: AbortSignal): Promise<void> {
      const artist = await getKnown(key)
      for (const repository of repositories) {
        if (!(await waitUntilSpare(repository, signal))) continue
        const id = await findArtistId(repository, artist, answers.findSongs)
        if (id === undefined) await ask(artist, repository)
        else if (id !== null) await answers.refreshArtist(repository, id)
      }
    }
  }
}

/** Waits until nobody else needs the rate of a repository. Returns false when that would take too long. */
async function waitUntilSpare({ spareInMs }: MetadataRepository, signal: AbortSignal): Promise<boolean> {
  const endMs = performance.now() + maxSpareWaitMs
  for (;;) {
    const waitMs = await spareInMs()
    if (waitMs <= 0) return true
    if (performance.now() + waitMs > endMs) return false
    await setTimeout(Math.ceil(waitMs), undefined, { signal })
  }
}

interface SourcedArtist {
  repository: MetadataRepository
  answer: Fetched<FoundArtist | null>
}

function cardOf(key: string, name: string, answers: readonly SourcedArtist[]): ArtistCard {
  const known = answers.flatMap(({ repository, answer: { value, fetchedAt } }) =>
    value
      ? [{ artist: value, sourced: { source: repository.name, url: value.url, ...timesOf(repository, fetchedAt) } }]
      : []
  )
  const about = known.find(({ artist }) => artist.about !== null)
  const origin = known.find(({ artist: { area, beginYear, endYear } }) => area ?? beginYear ?? endYear)
  const genres = known.flatMap(({ artist, sourced }) => artist.genres.map(genre => ({ ...sourced, name: genre })))
  const links = known.flatMap(({ artist, sourced }) => artist.links.map(link => ({ ...sourced, ...link })))
  return {
    key,
    name,
    about: about?.artist.about ? { ...about.sourced, text: about.artist.about } : null,
    genres: distinct(genres, genre => genre.name.toLowerCase()).slice(0, maxParts),
    origin: origin
      ? {
          ...origin.sourced,
          area: origin.artist.area,
          beginYear: origin.artist.beginYear,
          endYear: origin.artist.endYear
        }
      : null,
    links: distinct(links, link => link.address).slice(0, maxParts)
  }
}

/** Returns the first item of each key. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map([...items].reverse().map(item => [keyOf(item), item])).values()].reverse()
}
