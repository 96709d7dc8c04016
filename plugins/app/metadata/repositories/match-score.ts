import type { SongQuestion } from '../metadata-repository.ts'

/** A song of a repository, as far as it is compared. */
export interface ComparedSong {
  title: string | null
  artist: string | null
  album: string | null
  /** Length, ms; null when the repository does not know it. */
  durationMs: number | null
}

const maxComparedLength = 300
/** Shares of the score. A part that the question does not have is left out. */
const weights = { title: 0.5, artist: 0.35, album: 0.05, duration: 0.1 }
/** A part that the repository does not have is neither a match nor a contradiction. */
const unknown = 0.5
/** Titles alone match too many songs. */
const maxScoreWithoutArtist = 0.6
const sameDurationMs = 2000
const otherDurationMs = 15_000

/** Additions to titles that do not make another song, such as `(feat. Somebody)`, `[2011 Remaster]`, `- Remastered`. */
const additions =
  /[([](?:feat|ft|featuring|with|remaster|\d{4} remaster|album version|single version|explicit)\b[^)\]]*[)\]]|\s-\s(?:\d{4}\s)?remaster(?:ed)?\b.*$|\s(?:feat|ft)\.\s.*$/giu

/** Returns a name without case, accents, punctuation, articles at the beginning and additions, for comparison. */
export function normalizeName(name: string): string {
  const short = name.slice(0, maxComparedLength)
  const plain = short
    .replace(additions, ' ')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’`]/gu, '')
    .replaceAll('&', ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^the (?=.)/u, '')
  // Names such as "!!!" consist of punctuation.
  return plain === '' ? short.trim().toLowerCase() : plain
}

/** Returns the similarity of two names from 0 to 1: the Sørensen–Dice coefficient of their pairs of letters. */
export function nameSimilarity(one: string, other: string): number {
  const [a, b] = [normalizeName(one), normalizeName(other)]
  if (a === b) return 1
  const pairs = pairsOf(a)
  const others = pairsOf(b)
  const total = size(pairs) + size(others)
  if (total === 0) return 0
  let shared = 0
  for (const [pair, count] of pairs) shared += Math.min(count, others.get(pair) ?? 0)
  return (2 * shared) / total
}

function pairsOf(name: string): Map<string, number> {
  const letters = [...name.replaceAll(' ', '')]
  const pairs = new Map<string, number>()
  for (let i = 0; i + 1 < letters.length; i++) {
    const pair = `${letters[i]}${letters[i + 1]}`
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  return pairs
}

const size = (pairs: ReadonlyMap<string, number>) => [...pairs.values()].reduce((sum, count) => sum + count, 0)

/** Returns how well a song of a repository matches a question, from 0 to 1. */
export function matchScore(question: SongQuestion, found: ComparedSong): number {
  const parts: [weight: number, similarity: number][] = [[weights.title, similarity(question.title, found.title)]]
  if (question.artist !== null) parts.push([weights.artist, similarity(question.artist, found.artist)])
  if (question.album !== null) parts.push([weights.album, similarity(question.album, found.album)])
  if (question.durationMs > 0) parts.push([weights.duration, durationSimilarity(question.durationMs, found.durationMs)])
  const total = parts.reduce((sum, [weight]) => sum + weight, 0)
  const score = parts.reduce((sum, [weight, value]) => sum + weight * value, 0) / total
  const limited = question.artist === null ? score * maxScoreWithoutArtist : score
  return Math.round(limited * 1000) / 1000
}

const similarity = (asked: string, found: string | null) => (found === null ? unknown : nameSimilarity(asked, found))

/** Returns 1 for the same length, falling to 0 for one that is certainly of another recording. */
function durationSimilarity(askedMs: number, foundMs: number | null): number {
  if (foundMs === null) return unknown
  const differenceMs = Math.abs(askedMs - foundMs)
  if (differenceMs <= sameDurationMs) return 1
  return Math.max(0, 1 - (differenceMs - sameDurationMs) / (otherDurationMs - sameDurationMs))
}
