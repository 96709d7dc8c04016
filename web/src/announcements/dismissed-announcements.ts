const key = 'ambient:dismissed-announcements'
/** Ids kept in this browser; at most three announcements are active at once. */
const maxIds = 30

const listeners = new Set<() => void>()
let cache: { text: string | null; ids: readonly string[] } = { text: null, ids: [] }

/** The announcements that were closed in this browser, by id. */
export const dismissedAnnouncements = {
  /** Returns the ids; the same array until one is added. */
  all(): readonly string[] {
    const text = localStorage.getItem(key)
    if (text !== cache.text) cache = { text, ids: parse(text) }
    return cache.ids
  },

  add(id: string): void {
    const ids = [...dismissedAnnouncements.all().filter(other => other !== id), id].slice(-maxIds)
    localStorage.setItem(key, JSON.stringify(ids))
    for (const listener of [...listeners]) listener()
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

/** Parses stored ids and drops anything else that a browser may have stored. */
function parse(text: string | null): string[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(value) ? value.filter(id => typeof id === 'string') : []
  } catch {
    return []
  }
}
