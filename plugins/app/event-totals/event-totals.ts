import type { LiveToday } from '../../../contract/live.ts'
import { dayOf, type TotalsStore } from './totals.ts'

/** Counts of events in shows. */
export interface EventTotals {
  /**
   * Returns the counts of the current UTC day, at most a second old. While the totals are away, returns the last ones
   * of this day; undefined when there are none.
   */
  today(): Promise<LiveToday | undefined>
}

const cacheMs = 1000

/** Reads totals, which this server or a consumer of the event sequence folds. Undefined: nothing is counted. */
export function createEventTotals(totals: TotalsStore | undefined, nowMs: () => number = Date.now): EventTotals {
  let latest: { day: number; readAtMs: number; totals: Promise<LiveToday | undefined> } | undefined

  async function readDay(day: number, last: Promise<LiveToday | undefined>): Promise<LiveToday | undefined> {
    try {
      return (await totals?.findDay(day)) ?? (await last)
    } catch {
      return await last
    }
  }

  return {
    async today() {
      const now = nowMs()
      const day = dayOf(now)
      const last = latest?.day === day ? latest : undefined
      if (!last || Math.abs(now - last.readAtMs) >= cacheMs) {
        latest = { day, readAtMs: now, totals: readDay(day, last?.totals ?? Promise.resolve(undefined)) }
        return await latest.totals
      }
      return await last.totals
    }
  }
}
