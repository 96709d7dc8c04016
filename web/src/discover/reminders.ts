const key = 'ambient:reminders'

/** A reminder for a show, with the title and start time known when it was set. */
export interface Reminder {
  showId: string
  title: string
  startsAt: string
}

const listeners = new Set<() => void>()
let cache: { text: string | null; reminders: readonly Reminder[] } = { text: null, reminders: [] }

/** The reminders stored in this browser. They are private and need no account. */
export const reminders = {
  /** Returns all reminders; the same array until one changes. */
  all(): readonly Reminder[] {
    const text = localStorage.getItem(key)
    if (text !== cache.text) cache = { text, reminders: parse(text) }
    return cache.reminders
  },

  set(reminder: Reminder): void {
    write([...reminders.all().filter(({ showId }) => showId !== reminder.showId), reminder])
  },

  /** Removes a reminder and returns whether there was one. */
  remove(showId: string): boolean {
    const others = reminders.all().filter(reminder => reminder.showId !== showId)
    if (others.length === reminders.all().length) return false
    write(others)
    return true
  },

  /** Calls back after each change, also from another tab. Returns a function that unsubscribes. */
  subscribe(onChange: () => void): () => void {
    const onStorage = (event: StorageEvent) => {
      if (event.key === key) onChange()
    }
    listeners.add(onChange)
    window.addEventListener('storage', onStorage)
    return () => {
      listeners.delete(onChange)
      window.removeEventListener('storage', onStorage)
    }
  }
}

function write(all: readonly Reminder[]): void {
  localStorage.setItem(key, JSON.stringify(all))
  for (const listener of [...listeners]) listener()
}

/** Parses stored reminders and drops anything else that a browser may have stored. */
function parse(text: string | null): Reminder[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(value) ? value.filter(isReminder) : []
  } catch {
    return []
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
