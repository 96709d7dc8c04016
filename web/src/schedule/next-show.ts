import type { Show, ShowDraft } from '../../../client/index.ts'

const weekMs = 7 * 24 * 3_600_000
const quarterMs = 15 * 60_000

/** Returns the path of the form that plans a show like this one. */
export const planNextPath = ({ id }: Pick<Show, 'id'>): string => `/plan?like=${id}`

/**
 * Returns what the form of a show like this one begins with: everything the creator chose, and the same time in the
 * next week that is still to come.
 */
export function nextShowOf(show: Show, nowMs: number): Show {
  const startedMs = Date.parse(show.startsAt ?? show.startedAt ?? show.createdAt)
  const plannedMs = show.startsAt ? startedMs : Math.round(startedMs / quarterMs) * quarterMs
  return { ...show, startsAt: new Date(nextWeekOf(plannedMs, nowMs)).toISOString() }
}

/** Adds to a draft the settings that the form does not show. */
export function draftLike({ settings }: Pick<Show, 'settings'>, draft: ShowDraft): ShowDraft {
  return { ...draft, settings: { ...settings, ...draft.settings } }
}

/** Weeks are counted in the calendar, so that the time of day stays when the clocks change. */
function nextWeekOf(plannedMs: number, nowMs: number): number {
  const weeks = Math.max(1, Math.floor((nowMs - plannedMs) / weekMs))
  const at = new Date(plannedMs)
  at.setDate(at.getDate() + 7 * weeks)
  while (at.getTime() <= nowMs) at.setDate(at.getDate() + 7)
  return at.getTime()
}
