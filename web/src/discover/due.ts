import { CodedError, type Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { reminders, type Reminder } from './reminders.ts'

/** What became of a show somebody wants to be told of. */
export type Call = Reminder & { live: boolean }

/**
 * Looks after the reminders whose time has come. One that is answered is gone; a show that was put off keeps its reminder, one that
 * was called off loses it.
 * @param claim true for one tab alone, so that no two of them call
 */
export async function dueCalls(now: Date, claim: (showId: string) => boolean = reminders.remove): Promise<Call[]> {
  const due = reminders.all().filter(({ startsAt }) => Date.parse(startsAt) <= now.getTime())
  const calls = await Promise.all(due.map(async reminder => await lookAt(reminder, now, claim)))
  return calls.filter(call => call !== null)
}

async function lookAt(reminder: Reminder, now: Date, claim: (showId: string) => boolean): Promise<Call | null> {
  const { showId } = reminder
  const show = await standingOf(showId)
  // Not reached now: looked at again in a moment.
  if (show === 'unknown') return null
  if (show === 'gone' || show.status === 'ended') {
    reminders.remove(showId)
    return null
  }
  if (show.status === 'scheduled' && show.startsAt && Date.parse(show.startsAt) > now.getTime()) {
    reminders.set({ showId, title: show.title, startsAt: show.startsAt })
    return null
  }
  return claim(showId) ? { ...reminder, title: show.title, live: show.status !== 'scheduled' } : null
}

async function standingOf(showId: string): Promise<Show | 'gone' | 'unknown'> {
  try {
    return await ambient.shows.get(showId)
  } catch (error) {
    return error instanceof CodedError && error.code === 'NOT_FOUND' ? 'gone' : 'unknown'
  }
}
