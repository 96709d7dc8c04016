/** A way to tell people counts as down when it failed for this many people in a row. Wrong addresses of one do not. */
const minPeople = 3

export type ChannelHealth = ReturnType<typeof createChannelHealth>

/** Follows whether messages are accepted. `problem` is for operators. */
export function createChannelHealth(problem: string) {
  const failedFor = new Set<string>()

  return {
    /** Records the outcome of a message to a person. */
    note(isAccepted: boolean, userId: string): void {
      if (isAccepted) failedFor.clear()
      else if (failedFor.size < minPeople) failedFor.add(userId)
    },

    /** @throws Error for operators, while messages are not accepted */
    async check(): Promise<void> {
      if (failedFor.size >= minPeople) throw new Error(problem)
    }
  }
}
