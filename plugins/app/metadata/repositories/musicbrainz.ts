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
import type { RepositoryClient } from './repository-client.ts'
import { yearOf } from './years.ts'

/*
 * Formats: https://musicbrainz.org/doc/MusicBrainz_API and https://musicbrainz.org/doc/MusicBrainz_API/Search.
 * Values that are unknown are null in some answers, and absent in others.
 */
const Maybe = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Number>>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]))
const Artist = Type.Object({ id: Type.String(), name: Type.String() })
const Release = Type.Object({
  title: Type.String(),
  status: Maybe(Type.String()),
  date: Maybe(Type.String()),
  'release-group': Type.Optional(
    Type.Object({
      'primary-type': Maybe(Type.String()),
      'secondary-types': Type.Optional(Type.Array(Type.String()))
    })
  )
})
const Recording = Type.Object({
  id: Type.String(),
  title: Type.String(),
  length: Maybe(Type.Number()),
  'first-release-date': Maybe(Type.String()),
  'artist-credit': Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), joinphrase: Maybe(Type.String()), artist: Artist }))
  ),
  releases: Type.Optional(Type.Array(Release))
})
type Recording = Static<typeof Recording>
const Found = Type.Object({ recordings: Type.Array(Recording) })
const Relation = Type.Object({
  type: Type.String(),
  ended: Type.Optional(Type.Boolean()),
  url: Type.Optional(Type.Object({ resource: Type.String() }))
})
const Relations = Type.Object({ relations: Type.Optional(Type.Array(Relation)) })
const Area = Type.Optional(Type.Union([Type.Object({ name: Type.String() }), Type.Null()]))
const ArtistAnswer = Type.Object({
  ...Artist.properties,
  ...Relations.properties,
  disambiguation: Maybe(Type.String()),
  area: Area,
  'life-span': Type.Optional(
    Type.Union([Type.Object({ begin: Maybe(Type.String()), end: Maybe(Type.String()) }), Type.Null()])
  ),
  tags: Type.Optional(Type.Array(Type.Object({ name: Type.String(), count: Type.Number() })))
})

const maxResults = '10'
const maxProposals = 5
const maxGenres = 10
/** From this score on, a second call asks where the recording can be heard. */
const minScoreForLink = 0.8
const mbid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Types of links to recordings, in order of preference: https://musicbrainz.org/relationships/recording-url */
const hearingTypes: readonly string[] = ['free streaming', 'streaming', 'download for free', 'purchase for download']
/** Types of links to artists that are shown: https://musicbrainz.org/relationships/artist-url */
const linkTypes: readonly string[] = [
  'official homepage',
  'bandcamp',
  'soundcloud',
  'youtube',
  'free streaming',
  'streaming',
  'purchase for download',
  'social network'
]

/**
 * MusicBrainz. Its data of recordings and artists is in the public domain; tags have a licence that forbids commercial
 * use: https://musicbrainz.org/doc/About/Data_License
 */
export function createMusicBrainz(client: RepositoryClient, validator: Pick<Validator, 'reader'>): MetadataRepository {
  const readFound = validator.reader(Found)
  const readRelations = validator.reader(Relations)
  const readArtist = validator.reader(ArtistAnswer)

  async function findLink(id: string, signal: AbortSignal): Promise<string | null> {
    const answer = await client.get(`/recording/${id}`, { inc: 'url-rels', fmt: 'json' }, readRelations, signal)
    const links = (answer?.relations ?? []).filter(({ type, ended }) => hearingTypes.includes(type) && ended !== true)
    const [best] = links.toSorted((a, b) => hearingTypes.indexOf(a.type) - hearingTypes.indexOf(b.type))
    return best?.url?.resource ?? null
  }

  return {
    name: 'musicbrainz',
    showForMs: showForMsOf.musicbrainz,
    async find(song, signal) {
      const question = readNamedSong(song)
      const params = { query: queryOf(question), fmt: 'json', limit: maxResults }
      const answer = await client.get('/recording', params, readFound, signal)
      const found = (answer?.recordings ?? [])
        .filter(({ id }) => mbid.test(id))
        .map(recording => ({ id: recording.id, song: toSong(recording, question) }))
        .toSorted((a, b) => b.song.score - a.song.score)
        .slice(0, maxProposals)
      const [best] = found
      if (!best || best.song.score < minScoreForLink) return found.map(({ song: each }) => each)
      const link = await findLink(best.id, signal)
      return found.map(({ song: each }) => (each === best.song ? { ...each, link } : each))
    },
    async artist(id, signal) {
      if (!mbid.test(id)) return null
      const answer = await client.get(`/artist/${id}`, { inc: 'url-rels+tags', fmt: 'json' }, readArtist, signal)
      return answer && toArtist(answer)
    },
    spareInMs: client.spareInMs
  }
}

/** Characters with a meaning in queries: https://lucene.apache.org/core/9_0_0/queryparser/org/apache/lucene/queryparser/classic/package-summary.html#Escaping_Special_Characters */
const luceneSpecial = /[+\-&|!(){}[\]^"~*?:\\/]/g

/** Returns a Lucene query for a song: https://musicbrainz.org/doc/MusicBrainz_API/Search#Recording */
export function queryOf({ title, artist }: Pick<SongQuestion, 'title' | 'artist'>): string {
  const phrase = (field: string, text: string) => `${field}:"${text.replace(luceneSpecial, String.raw`\$&`)}"`
  return artist === null ? phrase('recording', title) : `${phrase('recording', title)} AND ${phrase('artist', artist)}`
}

function toSong(recording: Recording, question: SongQuestion): FoundSong {
  const { id, title, length, releases = [], 'artist-credit': credits = [] } = recording
  const artist = credits.map(({ name, joinphrase }) => name + (joinphrase ?? '')).join('') || null
  const release = releases.toSorted((a, b) => rankOf(a) - rankOf(b) || dateOf(a).localeCompare(dateOf(b)))[0]
  const album = release?.title ?? null
  return {
    title,
    artist,
    album,
    year: yearOf(recording['first-release-date'] || release?.date),
    link: null,
    url: `https://musicbrainz.org/recording/${id}`,
    artistId: credits[0]?.artist.id ?? null,
    score: matchScore(question, { title, artist, album, durationMs: length ?? null })
  }
}

/** Orders releases: an official album before a single, and both before a compilation or a live album. */
function rankOf({ status, 'release-group': group }: Static<typeof Release>): number {
  const isOther = (group?.['secondary-types'] ?? []).length > 0
  return (status === 'Official' ? 0 : 4) + (isOther ? 2 : 0) + (group?.['primary-type'] === 'Album' ? 0 : 1)
}

/** Releases without a date are last. */
const dateOf = ({ date }: Static<typeof Release>) => date || '9999'

function toArtist(answer: Static<typeof ArtistAnswer>): FoundArtist {
  const { id, name, disambiguation, area, tags = [], relations = [], 'life-span': life } = answer
  return {
    name,
    url: `https://musicbrainz.org/artist/${id}`,
    about: disambiguation || null,
    genres: tags
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count)
      .slice(0, maxGenres)
      .map(tag => tag.name),
    area: area?.name ?? null,
    beginYear: yearOf(life?.begin),
    endYear: yearOf(life?.end),
    links: relations
      .filter(({ type, ended }) => linkTypes.includes(type) && ended !== true)
      .toSorted((a, b) => linkTypes.indexOf(a.type) - linkTypes.indexOf(b.type))
      .flatMap(({ type, url }) => (url ? [{ label: type, address: url.resource }] : []))
  }
}
