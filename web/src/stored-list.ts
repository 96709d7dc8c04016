/** A list that this browser stores, shared by its tabs. */
export interface StoredList<Item> {
  /** Returns all items; the same array until one changes. */
  all(): readonly Item[]
  write(items: readonly Item[]): void
  /** Calls back after each change, also from another tab. Returns a function that unsubscribes. */
  subscribe(onChange: () => void): () => void
}

/** Keys that were closed in this browser. */
export interface DismissedKeys extends Pick<StoredList<string>, 'all' | 'subscribe'> {
  add(key: string): void
}

/** Keys kept in this browser: only a few of what can be closed are shown at a time. */
const maxDismissedKeys = 30

/** Creates the list of the newest closed keys under a key of the local storage. */
export function createDismissedKeys(storageKey: string): DismissedKeys {
  const { all, subscribe, write } = createStoredList(storageKey, value => typeof value === 'string')
  return {
    all,
    subscribe,
    add: key => write([...all().filter(other => other !== key), key].slice(-maxDismissedKeys))
  }
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
