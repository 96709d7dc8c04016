import type { ReplayItem, ReplayStretch } from '../../../../contract/replays.ts'
import { intersection, lengthOf, type Interval } from './intervals.ts'
import type { PlayedPiece, ShowLog } from './show-log.ts'
import { placeOf, placesOf } from './stretches.ts'
import { bridged } from './voice-activity.ts'

/** Maximum number of items, chapters, and spans of one speaker. Further ones are left out. */
export const maxItems = 1000
export const maxChapters = 500
export const maxSpans = 4000

/** A chapter that begins with a title, or with a person, whose name may change. */
export interface ContentChapter {
  readonly atMs: number
  readonly title: string | null
  readonly userId: string | null
}

/** The speech of a person in a replay. `spans` are places. */
export interface ContentSpeaker {
  readonly userId: string
  readonly talkMs: number
  readonly spans: readonly [number, number][]
}

/** Returns the items that played in the times of a replay, in order. An item that was paused is one. */
export function itemsOf(
  { pieces, recorded }: Pick<ShowLog, 'pieces' | 'recorded'>,
  { stretches, window }: { stretches: readonly ReplayStretch[]; window: Interval },
  isPlayed: (songId: string | undefined) => boolean
): ReplayItem[] {
  const items: ReplayItem[] = []
  const inReplay = intersection(recorded, [window])
  for (const run of runsOf(pieces)) {
    const times = intersection(run, inReplay)
    const [first, last, piece] = [times[0], times.at(-1), run[0]]
    if (!first || !last || !piece || items.length >= maxItems) continue
    const atMs = placeOf(stretches, first.from)
    const { kind, songId, title, artists, artworkUrl, link } = piece.item
    items.push({
      atMs,
      durationMs: placeOf(stretches, last.to) - atMs,
      played: isPlayed(songId),
      ...{ kind, title, artists, artworkUrl, link }
    })
  }
  return items
}

/** Groups pieces of the same item that follow each other. */
function runsOf(pieces: readonly PlayedPiece[]): PlayedPiece[][] {
  const runs: PlayedPiece[][] = []
  for (const piece of pieces) {
    const run = runs.at(-1)
    if (run?.[0]?.item.id === piece.item.id) run.push(piece)
    else runs.push([piece])
  }
  return runs
}

/** Returns the speech of each person at its places, in the order of their first words. */
export function speakersOf(
  speech: ReadonlyMap<string, readonly Interval[]>,
  stretches: readonly ReplayStretch[]
): ContentSpeaker[] {
  const speakers = [...speech].map(([userId, times]) => {
    const places = placesOf(stretches, times)
    return { userId, talkMs: lengthOf(places), spans: pairsOf(places) }
  })
  return speakers.filter(({ talkMs }) => talkMs > 0).toSorted((a, b) => (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0))
}

function pairsOf(places: readonly Interval[]): [number, number][] {
  let spans = places
  for (let gapMs = 1000; spans.length > maxSpans; gapMs *= 2) spans = bridged(spans, gapMs)
  return spans.map(({ from, to }) => [from, to])
}

/**
 * Returns the chapters of a replay: its beginning, each item, and the first words of each person except the creator. Of
 * several at one place the first one counts.
 */
export function chaptersOf(
  { title, creatorId }: { title: string; creatorId: string },
  items: readonly ReplayItem[],
  speakers: readonly ContentSpeaker[]
): ContentChapter[] {
  const beginnings = speakers.flatMap(({ userId, spans: [first] }) =>
    first && userId !== creatorId ? [{ atMs: first[0], title: null, userId }] : []
  )
  const all = [
    { atMs: 0, title, userId: null },
    ...items.map(item => ({ atMs: item.atMs, title: itemTitle(item), userId: null })),
    ...beginnings
  ].toSorted((a, b) => a.atMs - b.atMs)
  return all.filter(({ atMs }, n) => n === 0 || atMs !== all[n - 1]?.atMs).slice(0, maxChapters)
}

function itemTitle({ title, artists }: Pick<ReplayItem, 'title' | 'artists'>): string {
  return artists.length > 0 ? `${title} – ${artists.join(', ')}` : title
}
