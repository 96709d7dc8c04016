import { CodedError, type Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { reminders, type Reminder } from './reminders.ts'

/** A reminder that is due, with the state of its show. */
export type ReminderAlert = Reminder & { isLive: boolean }

/**
 * Returns an alert for each reminder that is due, and removes the reminder. A postponed show keeps its reminder with
 * the new time; a deleted or ended show loses it.
 * @param claim returns true in one tab only, so that two tabs never alert for the same show
 */
export async function findDueAlerts(
  now: Date,
  claim: (showId: string) => boolean = reminders.remove
): Promise<ReminderAlert[]> {
  const due = reminders.all().filter(({ startsAt }) => Date.parse(startsAt) <= now.getTime())
  const alerts = await Promise.all(due.map(async reminder => await checkReminder(reminder, now, claim)))
  return alerts.filter(alert => alert !== null)
}

async function checkReminder(
  reminder: Reminder,
  now: Date,
  claim: (showId: string) => boolean
): Promise<ReminderAlert | null> {
  const { showId } = reminder
  const show = await loadShow(showId)
  // The server can't be reached: the next check tries again.
  if (show === 'unknown') return null
  if (show === 'deleted' || show.status === 'ended') {
    reminders.remove(showId)
    return null
  }
  if (show.status === 'scheduled' && show.startsAt && Date.parse(show.startsAt) > now.getTime()) {
    reminders.set({ showId, title: show.title, startsAt: show.startsAt })
    return null
  }
  return claim(showId) ? { ...reminder, title: show.title, isLive: show.status !== 'scheduled' } : null
}

async function loadShow(showId: string): Promise<Show | 'deleted' | 'unknown'> {
  try {
    return await ambient.shows.get(showId)
  } catch (error) {
    return error instanceof CodedError && error.code === 'NOT_FOUND' ? 'deleted' : 'unknown'
  }
}
