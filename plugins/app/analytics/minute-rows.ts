/** Counts of one minute. */
export interface MinuteRow {
  joins: number
  leaves: number
  comments: number
  reactions: number
  /** Most listeners, and listeners at the end; null when nobody joined or left. */
  max: number | null
  end: number | null
}

/** The minutes in which something happened, by their number since the epoch. */
export type MinuteRows = Map<number, MinuteRow>

export const minuteMs = 60_000

/** Returns the number of the minute of a time in ms. */
export function minuteOf(at: number): number {
  return Math.floor(at / minuteMs)
}

/** Returns the row of a minute, and adds it when it is missing. */
export function rowAt(rows: MinuteRows, minute: number): MinuteRow {
  const found = rows.get(minute)
  if (found) return found
  const row = { joins: 0, leaves: 0, comments: 0, reactions: 0, max: null, end: null }
  rows.set(minute, row)
  return row
}

/** Sets the number of listeners in a minute after a change. */
export function levelAt(rows: MinuteRows, minute: number, level: number, before: number): MinuteRow {
  const row = rowAt(rows, minute)
  row.max = Math.max(row.max ?? before, level)
  row.end = level
  return row
}
