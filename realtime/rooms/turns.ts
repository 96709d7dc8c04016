/** Runs tasks that concern the same thing one after the other, in the order in which they were asked for. */
export type Turns = ReturnType<typeof createTurns>

export function createTurns() {
  const tails = new Map<string, Promise<unknown>>()

  return async function inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const mine = (tails.get(key) ?? Promise.resolve()).then(task)
    const tail = mine.catch(() => {})
    tails.set(key, tail)
    try {
      return await mine
    } finally {
      if (tails.get(key) === tail) tails.delete(key)
    }
  }
}
