import { Type, type Static } from 'typebox'
import type { Validator } from '../../http/validation.ts'
import {
  showForMsOf,
  type FoundArtist,
  type FoundSong,
  type MetadataRepository,
  type SongQuestion
} from '../metadata-repository.ts'
import { matchScore } from './match-score.ts'
import { readNamedSong } from './named-song.ts'
import { textOfHtml } from './plain-text.ts'
import {
  meaningOfStatus,
  type AnswerMeaning,
  type RepositoryAnswer,
  type RepositoryClient
} from './repository-client.ts'

/*
 * Formats: https://www.last.fm/api/show/track.getInfo, https://www.last.fm/api/show/track.search,
 * https://www.last.fm/api/show/artist.getInfo. Answers are XML that was turned into JSON: numbers are strings, a list
 * with one item is that item, and an empty element is an empty string. Pictures are placeholders, so they are not read.
 */
const Track = Type.Object({
  name: Type.String(),
  url: Type.String(),
  duration: Type.Optional(Type.Union([Type.String(), Type.Integer()])),
  artist: Type.Object({ name: Type.String() }),
  album: Type.Optional(Type.Unknown())
})
const Album = Type.Object({ title: Type.String() })
const TrackAnswer = Type.Object({ track: Track })
const Match = Type.Object({ name: Type.String(), artist: Type.String(), url: Type.String() })
const Matches = Type.Object({
  results: Type.Object({ trackmatches: Type.Object({ track: Type.Optional(Type.Unknown()) }) })
})
const Tag = Type.Object({ name: Type.String() })
const Bio = Type.Object({ summary: Type.String() })
const ArtistAnswer = Type.Object({
  artist: Type.Object({
    name: Type.String(),
    url: Type.String(),
    bio: Type.Optional(Type.Unknown()),
    tags: Type.Optional(Type.Unknown())
  })
})
const Failure = Type.Object({ error: Type.Integer() })

const maxResults = '5'
const maxGenres = 10
const maxNameLength = 200

/**
 * Meaning of error codes: https://www.last.fm/api/errorcodes and https://lastfm-docs.github.io/api-docs/codes/, which
 * warns that they come with any status, also 200.
 */
const meanings: Readonly<Record<number, AnswerMeaning>> = {
  4: 'refused',
  6: 'notFound',
  7: 'notFound',
  10: 'refused',
  14: 'refused',
  26: 'refused',
  29: 'wait'
}

/** Last.fm. Its texts are shown with a link to their page, as its terms ask: https://www.last.fm/api/tos */
export function createLastfm(client: RepositoryClient, validator: Pick<Validator, 'reader'>): MetadataRepository {
  const readTrack = validator.reader(TrackAnswer)
  const readMatches = validator.reader(Matches)
  const readMatch = validator.reader(Match)
  const readArtist = validator.reader(ArtistAnswer)
  const readTag = validator.reader(Tag)
  const readAlbum = validator.reader(Album)
  const readBio = validator.reader(Bio)

  async function search(question: SongQuestion, signal: AbortSignal): Promise<FoundSong[]> {
    const params = { method: 'track.search', track: question.title, limit: maxResults }
    const answer = await client.get('/', params, readMatches, signal)
    return itemsOf(answer?.results.trackmatches.track)
      .flatMap(item => ifValid(() => readMatch(item)))
      .map(({ name, artist, url }) => toSong({ name, url, artist: { name: artist } }, null, question))
      .toSorted((a, b) => b.score - a.score)
  }

  return {
    name: 'lastfm',
    showForMs: showForMsOf.lastfm,
    async find(song, signal) {
      const question = readNamedSong(song)
      if (question.artist === null) return await search(question, signal)
      const params = { method: 'track.getInfo', artist: question.artist, track: question.title, autocorrect: '1' }
      const answer = await client.get('/', params, readTrack, signal)
      if (!answer) return []
      const [album] = ifValid(() => readAlbum(answer.track.album).title)
      return [toSong(answer.track, album ?? null, question)]
    },
    // Artists have no id here that all of them have, only their name.
    async artist(id, signal) {
      if (id === '' || id.length > maxNameLength) return null
      const params = { method: 'artist.getInfo', artist: id, autocorrect: '1' }
      const answer = await client.get('/', params, readArtist, signal)
      if (!answer) return null
      const { tags } = answer.artist
      const list = typeof tags === 'object' && tags !== null && 'tag' in tags ? itemsOf(tags.tag) : []
      const genres = list.flatMap(item => ifValid(() => readTag(item).name)).slice(0, maxGenres)
      const [summary = ''] = ifValid(() => readBio(answer.artist.bio).summary)
      return toArtist(answer, summary, genres)
    },
    spareInMs: client.spareInMs
  }
}

/** Reads the meaning of an answer from the error in its body; without one, from its status. */
export function createLastfmMeaning(validator: Pick<Validator, 'reader'>): (answer: RepositoryAnswer) => AnswerMeaning {
  const readFailure = validator.reader(Failure)
  return answer => {
    const [failure] = ifValid(() => readFailure(answer.body))
    return failure ? (meanings[failure.error] ?? 'failed') : meaningOfStatus(answer)
  }
}

function toSong(track: Static<typeof Track>, album: string | null, question: SongQuestion): FoundSong {
  const { name: title, artist, url, duration } = track
  const durationMs = Number(duration ?? 0)
  return {
    title,
    artist: artist.name,
    album,
    year: null,
    link: null,
    url: pageOf(url),
    artistId: artist.name.slice(0, maxNameLength),
    score: matchScore(question, {
      title,
      artist: artist.name,
      album,
      durationMs: durationMs > 0 ? durationMs : null
    })
  }
}

function toArtist({ artist }: Static<typeof ArtistAnswer>, summary: string, genres: readonly string[]): FoundArtist {
  const { name, url } = artist
  // The link "Read more on Last.fm" at its end is the attribution, which `url` has already.
  const about = textOfHtml(summary.replace(/<a\b[^<>]*>\s*Read more on Last\.fm\s*<\/a>\.?/iu, ''))
  return { name, url: pageOf(url), about: about || null, genres, area: null, beginYear: null, endYear: null, links: [] }
}

/** Returns the address of a page of Last.fm. */
function pageOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  const { hostname, pathname } = new URL(url)
  return hostname === 'last.fm' || hostname.endsWith('.last.fm') ? `https://www.last.fm${pathname}` : null
}

function itemsOf(list: unknown): unknown[] {
  if (Array.isArray(list)) return list
  return typeof list === 'object' && list !== null ? [list] : []
}

function ifValid<T>(read: () => T): T[] {
  try {
    return [read()]
  } catch {
    return []
  }
}
