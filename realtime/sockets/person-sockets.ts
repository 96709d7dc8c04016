/** Counts the open sockets of each person. */
export interface PersonSockets {
  /**
   * Counts one more socket of a person. Returns a function that counts it no longer, to be called once; null when the
   * person has the maximum already.
   */
  add(userId: string): Promise<(() => void) | null> | (() => void) | null
  /** Ends what runs in the background. */
  close(): void
}

/** Counts on this node. */
export function createPersonSockets(maxSockets: number): PersonSockets {
  const counts = new Map<string, number>()
  return {
    add(userId) {
      const count = (counts.get(userId) ?? 0) + 1
      if (count > maxSockets) return null
      counts.set(userId, count)
      return () => {
        const left = (counts.get(userId) ?? 1) - 1
        if (left > 0) counts.set(userId, left)
        else counts.delete(userId)
      }
    },
    close() {}
  }
}
