import { Type, type Static } from 'typebox'
import type { Validator } from '../../http/validation.ts'
import {
  showForMsOf,
  type FoundArtist,
  type FoundSong,
  type MetadataRepository,
  type SongQuestion
} from '../metadata-repository.ts'
import { matchScore, nameSimilarity } from './match-score.ts'
import { readNamedSong } from './named-song.ts'
import { nameOfDiscogs, textOfDiscogs } from './plain-text.ts'
import type { RepositoryAnswer, RepositoryClient } from './repository-client.ts'
import { yearOf } from './years.ts'

/*
 * Formats: https://www.discogs.com/developers#page:database,header:database-search, and the headings `Master Release`
 * and `Artist` of the same page.
 */
const Hit = Type.Object({
  id: Type.Integer(),
  type: Type.String(),
  /** Artist and title of the release, such as `Artist (2) - Title`. */
  title: Type.String(),
  year: Type.Optional(Type.Union([Type.String(), Type.Integer()]))
})
type Hit = Static<typeof Hit>
const Found = Type.Object({ results: Type.Array(Hit) })
const Credit = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  /** Variation of the name on this release; empty when it is the same. */
  anv: Type.Optional(Type.String()),
  join: Type.Optional(Type.String())
})
type Credit = Static<typeof Credit>
const trackFields = {
  /** `heading` names the tracks below it; `index` is one track, or a work whose parts are in `sub_tracks`. */
  type_: Type.Optional(Type.String()),
  title: Type.String(),
  duration: Type.Optional(Type.String()),
  artists: Type.Optional(Type.Array(Credit))
}
const SubTrack = Type.Object(trackFields)
type SubTrack = Static<typeof SubTrack>
const Track = Type.Object({ ...trackFields, sub_tracks: Type.Optional(Type.Array(SubTrack)) })
const Release = Type.Object({
  id: Type.Integer(),
  uri: Type.Optional(Type.String()),
  title: Type.String(),
  year: Type.Optional(Type.Integer()),
  artists: Type.Array(Credit),
  tracklist: Type.Array(Track)
})
type Release = Static<typeof Release>
const Named = Type.Optional(Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })))
const ArtistAnswer = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  uri: Type.Optional(Type.String()),
  profile: Type.Optional(Type.String()),
  urls: Type.Optional(Type.Array(Type.String())),
  aliases: Named,
  members: Named,
  groups: Named
})

const maxResults = '10'
const maxLinks = 10
/** A master is all editions of a release, so its year is that of the first. Some releases have none. */
const kinds = ['master', 'release'] as const
const folders: Readonly<Record<string, string>> = { master: 'masters', release: 'releases' }
const site = 'https://www.discogs.com'

/** Discogs. Its contents are shown with a link to their page, which its terms require. */
export function createDiscogs(client: RepositoryClient, validator: Pick<Validator, 'reader'>): MetadataRepository {
  const readFound = validator.reader(Found)
  const readRelease = validator.reader(Release)
  const readArtist = validator.reader(ArtistAnswer)

  async function findHit(question: SongQuestion, signal: AbortSignal): Promise<Hit | undefined> {
    const { title, artist } = question
    for (const type of kinds) {
      const params = { type, track: title, ...(artist !== null && { artist }), per_page: maxResults }
      const answer = await client.get('/database/search', params, readFound, signal)
      const hits = (answer?.results ?? []).filter(hit => hit.type === type)
      const best = hits.toSorted((a, b) => hitScore(b, question) - hitScore(a, question))[0]
      if (best) return best
    }
    return undefined
  }

  return {
    name: 'discogs',
    showForMs: showForMsOf.discogs,
    async find(song, signal) {
      const question = readNamedSong(song)
      const hit = await findHit(question, signal)
      if (!hit) return []
      // A hit names neither the track nor the id of the artist.
      const release = await client.get(`/${folders[hit.type]}/${hit.id}`, {}, readRelease, signal)
      const found = release && toSong(release, hit.type, question)
      return found ? [found] : []
    },
    async artist(id, signal) {
      if (!/^\d{1,10}$/.test(id)) return null
      const answer = await client.get(`/artists/${id}`, {}, readArtist, signal)
      return answer && toArtist(answer)
    },
    spareInMs: client.spareInMs
  }
}

/** Scores a hit by the artist and the album in its title. */
function hitScore({ title }: Hit, { artist, album }: SongQuestion): number {
  const [, by = '', name = title] = /^(.*?) - (.*)$/u.exec(title) ?? []
  const artistScore = artist === null ? 0 : 2 * nameSimilarity(artist, nameOfDiscogs(by))
  return artistScore + (album === null ? 0 : nameSimilarity(album, name))
}

function toSong(release: Release, kind: string, question: SongQuestion): FoundSong | null {
  const [best] = songsOf(release)
    .map(track => ({ track, likeness: nameSimilarity(question.title, track.title) }))
    .toSorted((a, b) => b.likeness - a.likeness)
  if (!best) return null
  const { title, duration, artists = [] } = best.track
  const credits = artists.length > 0 ? artists : release.artists
  const artist = creditOf(credits)
  return {
    title,
    artist,
    album: release.title,
    year: yearOf(String(release.year ?? '')),
    link: null,
    url: pageOf(release.uri) ?? `${site}/${kind}/${release.id}`,
    artistId: credits[0] ? String(credits[0].id) : null,
    score: matchScore(question, { title, artist, album: release.title, durationMs: durationOf(duration) })
  }
}

/** Returns the tracks that may be the song: works and their parts, and no headings. */
function songsOf({ tracklist }: Release): SubTrack[] {
  const parts = tracklist.flatMap(track => [track, ...(track.sub_tracks ?? [])])
  return parts.filter(({ type_ }) => type_ !== 'heading')
}

/** Returns the names of a credit, such as `One & Two, Three`. */
function creditOf(credits: readonly Credit[]): string | null {
  const names = credits.map(({ name, anv, join = '' }, index) => {
    const joint = join.trim()
    const space = joint === ',' ? ', ' : ` ${joint || '&'} `
    return nameOfDiscogs(anv || name) + (index < credits.length - 1 ? space : '')
  })
  return names.join('') || null
}

/** Returns the duration of a track such as `3:21` or `1:02:03`, ms; null for any other text. */
function durationOf(text: string | undefined): number | null {
  if (text === undefined || !/^(\d{1,2}:)?\d{1,3}:\d{2}$/.test(text)) return null
  return text.split(':').reduce((seconds, part) => 60 * seconds + Number(part), 0) * 1000
}

function toArtist(answer: Static<typeof ArtistAnswer>): FoundArtist {
  const { id, name, uri, profile = '', urls = [], aliases = [], members = [], groups = [] } = answer
  const names = new Map([...aliases, ...members, ...groups].map(each => [`a${each.id}`, nameOfDiscogs(each.name)]))
  return {
    name: nameOfDiscogs(name),
    url: pageOf(uri) ?? `${site}/artist/${id}`,
    about: textOfDiscogs(profile, names) || null,
    genres: [],
    area: null,
    beginYear: null,
    endYear: null,
    links: urls.flatMap(linkOf).slice(0, maxLinks)
  }
}

/** Returns the address of a page of Discogs: search results have a path only. */
function pageOf(uri: string | undefined): string | null {
  if (uri === undefined || !URL.canParse(uri, site)) return null
  const { href, protocol, hostname } = new URL(uri, site)
  return protocol === 'https:' && (hostname === 'discogs.com' || hostname.endsWith('.discogs.com')) ? href : null
}

function linkOf(address: string): { label: string; address: string }[] {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return []
  return [{ label: new URL(address).hostname.replace(/^www\./, ''), address }]
}

/**
 * Returns the time to wait when the calls of the moving minute are used up, also by other programs with the same
 * address: https://www.discogs.com/developers#page:home,header:home-rate-limiting
 */
export function pauseOfDiscogs({ headers }: Pick<RepositoryAnswer, 'headers'>): number {
  const remaining = headers.get('x-discogs-ratelimit-remaining')
  if (remaining === null || !/^\d{1,6}$/.test(remaining) || Number(remaining) > 0) return 0
  return 10_000
}
