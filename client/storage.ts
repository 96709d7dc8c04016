/** Where a client keeps its sign-in between visits. */
export interface TokenStorage {
  read(): string | null
  write(value: string | null): void
  /** Calls back when another tab wrote; answers how to stop that. */
  watch(changed: () => void): () => void
}

/** Keeps the sign-in for as long as the program runs. */
export function memoryStorage(): TokenStorage {
  let kept: string | null = null
  return {
    read: () => kept,
    write: value => {
      kept = value
    },
    watch: () => () => {}
  }
}
