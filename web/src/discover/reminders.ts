const key = 'ambient:reminders'

/** A show somebody wants to be told of, as it was known when they asked. */
export interface Reminder {
  showId: string
  title: string
  startsAt: string
}

const listeners = new Set<() => void>()
let known: { text: string | null; reminders: readonly Reminder[] } = { text: null, reminders: [] }

/** Reminders kept in this browser: they are nobody else's business, and need no account. */
export const reminders = {
  /** The same array until it changes. */
  all(): readonly Reminder[] {
    const text = localStorage.getItem(key)
    if (text !== known.text) known = { text, reminders: parse(text) }
    return known.reminders
  },

  set(reminder: Reminder): void {
    write([...reminders.all().filter(({ showId }) => showId !== reminder.showId), reminder])
  },

  /** Whether it was there. */
  remove(showId: string): boolean {
    const kept = reminders.all().filter(reminder => reminder.showId !== showId)
    if (kept.length === reminders.all().length) return false
    write(kept)
    return true
  },

  /** Calls back when they change, here or in another tab. */
  subscribe(changed: () => void): () => void {
    const stored = (event: StorageEvent) => {
      if (event.key === key) changed()
    }
    listeners.add(changed)
    window.addEventListener('storage', stored)
    return () => {
      listeners.delete(changed)
      window.removeEventListener('storage', stored)
    }
  }
}

function write(all: readonly Reminder[]): void {
  localStorage.setItem(key, JSON.stringify(all))
  for (const listener of [...listeners]) listener()
}

/** What a browser kept may be anything. */
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
