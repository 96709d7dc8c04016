import { leadingGraphemes } from '../../../contract/graphemes.ts'
import { cleanText, textError } from '../../../contract/text.ts'
import { displayText } from '../songs/transcode/display-text.ts'
import type { FoundArtist, FoundSong } from './metadata-repository.ts'

const maxAddressLength = 2000
const maxAboutLength = 2000
const maxIdLength = 200
const maxParts = 10
/** Number of answers that are examined for one song. */
const maxSongs = 20
// Characters that a text of several lines may not contain.
const forbiddenCharacters = /[^\P{Cc}\n]+|[\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu

/** Returns an address of the web as it may be linked; null for any other one. */
export function webAddress(text: string | null): string | null {
  if (text === null || text.length > maxAddressLength || !URL.canParse(text)) return null
  const { protocol, username, password, href } = new URL(text)
  const isWeb = (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
  return isWeb && href.length <= maxAddressLength ? href : null
}

/** Returns a text of several lines as it may be shown; null when nothing is left of it. */
export function displayParagraphs(text: string | null): string | null {
  if (text === null) return null
  const plain = text
    .slice(0, 4 * maxAboutLength)
    .toWellFormed()
    .replaceAll('\r\n', '\n')
  const clean = cleanText(plain.replace(forbiddenCharacters, ' '))
  const shortened = cleanText(leadingGraphemes(clean, maxAboutLength).slice(0, maxAboutLength).toWellFormed())
  return textError(shortened, { min: 1, max: maxAboutLength, multiline: true }) === null ? shortened : null
}

function year(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && value >= 1000 && value <= 2999 ? value : null
}

/** Returns what a repository found, as it may be stored and shown. */
export function cleanSongs(found: readonly FoundSong[]): FoundSong[] {
  return found.slice(0, maxSongs).map(song => ({
    title: displayText(song.title),
    artist: displayText(song.artist),
    album: displayText(song.album),
    year: year(song.year),
    link: webAddress(song.link),
    url: webAddress(song.url),
    artistId: song.artistId !== null && song.artistId.length <= maxIdLength ? song.artistId : null,
    score: Number.isFinite(song.score) ? Math.min(1, Math.max(0, song.score)) : 0
  }))
}

/** Returns an artist as it may be stored and shown. */
export function cleanArtist(artist: FoundArtist): FoundArtist {
  return {
    name: displayText(artist.name) ?? '',
    url: webAddress(artist.url),
    about: displayParagraphs(artist.about),
    genres: artist.genres.slice(0, maxParts).flatMap(name => displayText(name) ?? []),
    area: displayText(artist.area),
    beginYear: year(artist.beginYear),
    endYear: year(artist.endYear),
    links: artist.links.slice(0, maxParts).flatMap(({ label, address }) => {
      const clean = webAddress(address)
      return clean === null ? [] : [{ label: displayText(label) ?? new URL(clean).host, address: clean }]
    })
  }
}
