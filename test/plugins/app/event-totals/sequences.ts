import fc from 'fast-check'
import type { AudienceEvent } from '../../../../contract/audience-events.ts'
import type { PublishedEvent, SequenceStream } from '../../../../contract/event-sequence.ts'
import type { LiveToday } from '../../../../contract/live.ts'
import type { SequenceRecord } from '../../../../plugins/app/event-sequence/sequence-record.ts'
import {
  counters,
  dayMs,
  dayOf,
  type ShowTotals,
  type TotalsStore
} from '../../../../plugins/app/event-totals/totals.ts'

/** The time of all tests: noon of today, because Redis removes what ends before its own time. */
export const nowMs = dayOf(Date.now()) * dayMs + dayMs / 2

const item = (id: string) => ({ id, kind: 'song' as const, songId: id, durationMs: 180_000 })
const person = fc.constantFrom('ana', 'ben', 'cleo', 'dan')

const logEvent: fc.Arbitrary<PublishedEvent> = fc.oneof(
  fc.constant({ type: 'home:taken' as const }),
  fc.constant({ type: 'show:resumed' as const }),
  fc.record({ type: fc.constant('mute:changed' as const), person, muted: fc.boolean(), by: fc.constant(null) }),
  fc.record({
    type: fc.constant('speak:requested' as const),
    requestId: fc.constant('request'),
    person,
    requestedAt: fc.constant(nowMs)
  }),
  fc.record({
    type: fc.constant('playback:changed' as const),
    playback: fc.record({
      status: fc.constantFrom('stopped' as const, 'playing' as const, 'paused' as const),
      item: fc.constantFrom(null, item('one'), item('two')),
      positionMs: fc.nat(180_000),
      at: fc.constant(nowMs)
    })
  })
)

const audienceEvent: fc.Arbitrary<AudienceEvent> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ type: 'audience:opened' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('listener:joined' as const),
      person,
      guest: fc.boolean(),
      source: fc.constant(null)
    })
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('listener:left' as const), person }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('comments:counted' as const), count: fc.integer({ min: 1, max: 9 }) })
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('reactions:counted' as const), count: fc.integer({ min: 1, max: 9 }) })
  }
)

/** Around now, also on days that are kept no longer. */
const at = fc.integer({ min: nowMs - 9 * dayMs, max: nowMs })

/** The records of one stream of one show, in order. */
export type StreamOfRecords = readonly SequenceRecord[]

function logOf(showId: string): fc.Arbitrary<StreamOfRecords> {
  return fc
    .record({ events: fc.array(fc.tuple(logEvent, at), { maxLength: 20 }), startAt: at, isEnded: fc.boolean() })
    .map(({ events, startAt, isEnded }) => {
      const all: [PublishedEvent, number][] = [[{ type: 'show:started' }, startAt], ...events]
      if (isEnded) all.push([{ type: 'show:ended', reason: 'ended' }, nowMs], [{ type: 'home:taken' }, nowMs])
      return all.map(([event, time], index) => ({ stream: 'log', showId, seq: index + 1, at: time, event }))
    })
}

function audienceOf(showId: string): fc.Arbitrary<StreamOfRecords> {
  return fc
    .array(fc.tuple(audienceEvent, at), { maxLength: 30 })
    .map(events =>
      events.map(([event, time], index) => ({ stream: 'audience', showId, seq: index + 1, at: time, event }))
    )
}

export const showIds = ['show-1', 'show-2', 'show-3'] as const

/** The streams of all shows. */
export const allStreams: fc.Arbitrary<StreamOfRecords[]> = fc.tuple(
  ...showIds.flatMap(showId => [logOf(showId), audienceOf(showId)])
)

/** A batch that a feeder delivers: records of one stream, in order. */
export type Batch = readonly SequenceRecord[]

/**
 * Batches in any order between the streams, as `choices` says. Each begins at the place where the one before ended, or
 * up to three records earlier: those are delivered again.
 */
export function interleave(streams: readonly StreamOfRecords[], choices: readonly number[], repeats: number): Batch[] {
  const next = streams.map(() => 0)
  const batches: Batch[] = []
  let turn = 0
  for (;;) {
    const open = streams.flatMap((records, index) => ((next[index] ?? 0) < records.length ? [index] : []))
    if (open.length === 0) return batches
    const choice = choices[turn++ % choices.length] ?? 0
    const index = open[choice % open.length] ?? 0
    const from = next[index] ?? 0
    const to = from + 1 + (choice % 5)
    const again = repeats === 0 ? 0 : choice % (repeats + 1)
    batches.push((streams[index] ?? []).slice(Math.max(0, from - again), to))
    next[index] = to
  }
}

/** Folds batches one after the other. Returns the number of records folded, and of gaps. */
export async function foldAll(store: Pick<TotalsStore, 'fold'>, batches: readonly Batch[]) {
  let folded = 0
  let gaps = 0
  for (const batch of batches) {
    const [first] = batch
    if (!first) continue
    const result = await store.fold(first.showId, batch, 'stop')
    folded += result.folded
    gaps += result.gaps.length
  }
  return { folded, gaps }
}

/** All totals of a store. */
export async function readAll(store: Pick<TotalsStore, 'findDay' | 'findShow'>) {
  const days: Record<number, LiveToday | undefined> = {}
  const shows: Record<string, ShowTotals | undefined> = {}
  for (let past = 0; past < 10; past++) days[past] = await store.findDay(dayOf(nowMs) - past)
  for (const showId of showIds) shows[showId] = await store.findShow(showId)
  return { days, shows }
}

/** The totals of streams, counted in another way than the fold does. */
export function expectedOf(streams: readonly StreamOfRecords[]) {
  const days: Record<number, Record<string, number>> = {}
  for (let past = 0; past < 10; past++) days[past] = Object.fromEntries(counters.map(counter => [counter, 0]))
  const shows: Record<string, ShowTotals | undefined> = Object.fromEntries(showIds.map(id => [id, undefined]))
  const peaks: Record<string, ShowTotals> = {}
  const live = new Set<string>()

  function add({ at: time }: SequenceRecord, counter: string, by: number): void {
    const past = dayOf(nowMs) - dayOf(time)
    const day = days[past]
    if (past <= 7 && day) day[counter] = (day[counter] ?? 0) + by
  }

  for (const records of streams) {
    for (const [index, record] of records.entries()) {
      const { event, showId } = record
      const earlier = records.slice(0, index)
      if (event.type === 'show:started') {
        add(record, 'showsStarted', 1)
        live.add(showId)
      }
      if (event.type === 'show:ended') live.delete(showId)
      if (event.type === 'speak:requested') add(record, 'speakRequests', 1)
      if (event.type === 'comments:counted') add(record, 'comments', event.count)
      if (event.type === 'reactions:counted') add(record, 'reactions', event.count)
      if (event.type === 'playback:changed' && event.playback.status === 'playing' && event.playback.item) {
        const latest = earlier.findLast(
          ({ event: other }) =>
            other.type === 'playback:changed' && (other.playback.status !== 'paused' || other.playback.item === null)
        )?.event
        const current =
          latest?.type === 'playback:changed' && latest.playback.status === 'playing'
            ? latest.playback.item?.id
            : undefined
        if (current !== event.playback.item.id) add(record, 'songsPlayed', 1)
      }
      // A person who neither left nor joined since the latest opening was there before it.
      if (event.type === 'listener:joined') {
        const latest = earlier.findLast(({ event: other }) => 'person' in other && other.person === event.person)
        if (latest?.event.type !== 'listener:joined') add(record, 'joins', 1)
      }
      if (record.stream === 'audience') {
        const present = presentAfter(records.slice(0, index + 1))
        const peak = Math.max(present, peaks[showId]?.peakListeners ?? 0)
        peaks[showId] = { listeners: present, peakListeners: peak }
      }
    }
  }
  for (const showId of live) shows[showId] = peaks[showId] ?? { listeners: 0, peakListeners: 0 }
  return { days, shows }
}

function presentAfter(records: StreamOfRecords): number {
  const present = new Set<string>()
  for (const { event } of records) {
    if (event.type === 'audience:opened') present.clear()
    if (event.type === 'listener:joined') present.add(event.person)
    if (event.type === 'listener:left') present.delete(event.person)
  }
  return present.size
}

/** An audience or log record of a show. */
export function recordOf(stream: SequenceStream, showId: string, seq: number): SequenceRecord {
  return stream === 'log'
    ? { stream, showId, seq, at: nowMs, event: { type: seq === 1 ? 'show:started' : 'show:resumed' } }
    : {
        stream,
        showId,
        seq,
        at: nowMs,
        event: { type: 'listener:joined', person: `person-${seq}`, guest: false, source: null }
      }
}

/** The end of a show, the second record of its log. */
export function endOf(showId: string, at = nowMs): SequenceRecord {
  return { stream: 'log', showId, seq: 2, at, event: { type: 'show:ended', reason: 'ended' } }
}
