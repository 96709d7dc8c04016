const key = 'ambient:shortcuts'
const listeners = new Set<() => void>()

/**
 * Whether this browser takes single-key shortcuts. Voice input and shaking hands press keys that nobody meant, so
 * people can switch them off: https://www.w3.org/TR/WCAG22/#character-key-shortcuts
 */
export function areShortcutsOn(): boolean {
  return localStorage.getItem(key) !== 'off'
}

export function switchShortcuts(isOn: boolean): void {
  if (isOn) localStorage.removeItem(key)
  else localStorage.setItem(key, 'off')
  for (const listener of listeners) listener()
}

/** Calls back after each switch on this page. Returns a function that unsubscribes. */
export function subscribeShortcuts(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
