/** Storage in which a client keeps its sign-in between visits. */
export interface TokenStorage {
  read(): string | null
  write(value: string | null): void
  /** Calls back when another tab has written. Returns a function that stops that. */
  watch(listener: () => void): () => void
}

/** Keeps the sign-in in memory, until the program ends. */
export function memoryStorage(): TokenStorage {
  let stored: string | null = null
  return {
    read: () => stored,
    write: value => {
      stored = value
    },
    watch: () => () => {}
  }
}
