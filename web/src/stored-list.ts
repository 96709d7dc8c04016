/** A list that this browser stores, shared by its tabs. */
export interface StoredList<Item> {
  /** Returns all items; the same array until one changes. */
  all(): readonly Item[]
  write(items: readonly Item[]): void
  /** Calls back after each change, also from another tab. Returns a function that unsubscribes. */
  subscribe(onChange: () => void): () => void
}

/** Creates the list under a key of the local storage. `isItem` drops anything else that a browser may have stored. */
export function createStoredList<Item>(key: string, isItem: (value: unknown) => value is Item): StoredList<Item> {
  const listeners = new Set<() => void>()
  let cache: { text: string | null; items: readonly Item[] } = { text: null, items: [] }

  function parse(text: string | null): Item[] {
    try {
      const value: unknown = JSON.parse(text ?? '[]')
      return Array.isArray(value) ? value.filter(isItem) : []
    } catch {
      return []
    }
  }

  return {
    all() {
      const text = localStorage.getItem(key)
      if (text !== cache.text) cache = { text, items: parse(text) }
      return cache.items
    },
    write(items) {
      localStorage.setItem(key, JSON.stringify(items))
      for (const listener of [...listeners]) listener()
    },
    subscribe(onChange) {
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
}
