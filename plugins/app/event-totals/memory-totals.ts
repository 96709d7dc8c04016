import type { SequenceStream } from '../../../contract/event-sequence.ts'
import type { LiveToday } from '../../../contract/live.ts'
import type { SequenceRecord } from '../event-sequence/sequence-record.ts'
import { changesOf, type Change } from './changes.ts'
import {
  dayOf,
  endedAudienceTtlMs,
  endedTtlMs,
  isCounted,
  noTotals,
  showTtlMs,
  type Counter,
  type Gap,
  type TotalsStore
} from './totals.ts'

interface Show {
  readonly cursors: Record<SequenceStream, number>
  readonly present: Set<string>
  /** Those who were present when the room was opened last, and did not join or leave since. */
  readonly before: Set<string>
  itemId: string
  peakListeners: number
  status: 'unknown' | 'live' | 'ended'
  touchedMs: number
}

const sweepIntervalMs = 60_000

/** Totals in the memory of this process. `nowMs` is the time, ms since the epoch. */
export function createMemoryTotals(nowMs: () => number = Date.now): TotalsStore {
  const days = new Map<number, Record<Counter, number>>()
  const shows = new Map<string, Show>()
  let sweptMs = nowMs()
  let isClaimed = false

  /** Removes what is kept no longer. */
  function sweep(now: number): void {
    if (now - sweptMs < sweepIntervalMs) return
    sweptMs = now
    for (const day of days.keys()) if (!isCounted(day, now)) days.delete(day)
    for (const [showId, show] of shows) {
      const idleMs = now - show.touchedMs
      if (idleMs > (show.status === 'ended' ? endedTtlMs : showTtlMs)) shows.delete(showId)
      else if (show.status === 'ended' && idleMs > endedAudienceTtlMs) {
        show.present.clear()
        show.before.clear()
      }
    }
  }

  function openShow(showId: string): Show {
    const known = shows.get(showId)
    if (known) return known
    const show: Show = {
      cursors: { log: 0, audience: 0 },
      present: new Set(),
      before: new Set(),
      itemId: '',
      peakListeners: 0,
      status: 'unknown',
      touchedMs: 0
    }
    shows.set(showId, show)
    return show
  }

  function add(day: number, counter: Counter, by: number): void {
    if (!isCounted(day, nowMs())) return
    const totals = days.get(day) ?? noTotals()
    totals[counter] += by
    days.set(day, totals)
  }

  function apply(show: Show, change: Change, day: number): void {
    switch (change.kind) {
      case 'count':
        add(day, change.counter, change.by)
        break
      case 'item':
        if (change.id !== '' && change.id !== show.itemId) add(day, 'songsPlayed', 1)
        show.itemId = change.id
        break
      case 'join': {
        const wasBefore = show.before.delete(change.person)
        if (!show.present.has(change.person) && !wasBefore) add(day, 'joins', 1)
        show.present.add(change.person)
        show.peakListeners = Math.max(show.peakListeners, show.present.size)
        break
      }
      case 'leave':
        show.before.delete(change.person)
        show.present.delete(change.person)
        break
      case 'open':
        for (const person of show.present) show.before.add(person)
        show.present.clear()
        break
      case 'live':
        if (show.status === 'unknown') show.status = 'live'
        break
      case 'end':
        show.status = 'ended'
    }
  }

  function fold(showId: string, records: readonly SequenceRecord[], stopsAtGap: boolean) {
    sweep(nowMs())
    const show = openShow(showId)
    show.touchedMs = nowMs()
    const gaps: Gap[] = []
    const stopped = new Set<SequenceStream>()
    let folded = 0
    for (const record of records) {
      const { stream, seq, at } = record
      const afterSeq = show.cursors[stream]
      if (seq <= afterSeq || stopped.has(stream)) continue
      if (seq > afterSeq + 1) {
        gaps.push({ stream, afterSeq, beforeSeq: seq })
        if (stopsAtGap) {
          stopped.add(stream)
          continue
        }
      }
      for (const change of changesOf(record)) apply(show, change, dayOf(at))
      show.cursors[stream] = seq
      folded += 1
    }
    return { folded, gaps }
  }

  return {
    fold: async (showId, records, gapRule) => fold(showId, records, gapRule === 'stop'),
    async claimRebuild() {
      if (isClaimed) return false
      isClaimed = true
      return true
    },
    async renewRebuild() {},
    async finishRebuild() {},
    findDay: async (day): Promise<LiveToday> => ({ ...(days.get(day) ?? noTotals()) }),
    async findShow(showId) {
      const show = shows.get(showId)
      if (show?.status !== 'live') return undefined
      return { listeners: show.present.size, peakListeners: show.peakListeners }
    }
  }
}
