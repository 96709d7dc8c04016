/** Push services count as down when they failed this many people in a row. Wrong addresses of one person do not. */
const minPeople = 3

export type PushHealth = ReturnType<typeof createPushHealth>

/** Follows whether push services accept messages. */
export function createPushHealth() {
  const failedFor = new Set<string>()

  return {
    /** Records the outcome of a message to a person. */
    note(isAccepted: boolean, userId: string): void {
      if (isAccepted) failedFor.clear()
      else if (failedFor.size < minPeople) failedFor.add(userId)
    },

    /** @throws Error for operators, while push services accept no messages */
    async check(): Promise<void> {
      if (failedFor.size >= minPeople) throw new Error('push services accept no messages')
    }
  }
}
