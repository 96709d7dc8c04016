import { createStoredList } from '../stored-list.ts'

/** A reminder for a show, with the title and start time known when it was set. */
export interface Reminder {
  showId: string
  title: string
  startsAt: string
}

const list = createStoredList('ambient:reminders', isReminder)

/** The reminders stored in this browser. They are private and need no account. */
export const reminders = {
  /** Returns all reminders; the same array until one changes. */
  all: list.all,
  subscribe: list.subscribe,

  set(reminder: Reminder): void {
    list.write([...list.all().filter(({ showId }) => showId !== reminder.showId), reminder])
  },

  /** Removes a reminder and returns whether there was one. */
  remove(showId: string): boolean {
    const others = list.all().filter(reminder => reminder.showId !== showId)
    if (others.length === list.all().length) return false
    list.write(others)
    return true
  }
}

function isReminder(value: unknown): value is Reminder {
  if (typeof value !== 'object' || value === null) return false
  const { showId, title, startsAt }: { showId?: unknown; title?: unknown; startsAt?: unknown } = value
  return (
    typeof showId === 'string' &&
    typeof title === 'string' &&
    typeof startsAt === 'string' &&
    !Number.isNaN(Date.parse(startsAt))
  )
}
