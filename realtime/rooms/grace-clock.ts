import { graceEndsAt } from '../room/presence.ts'
import type { House } from '../room/server-room-state.ts'

/** Wakes the room when somebody's grace is over. Whether it really is, `decide` says. */
export interface GraceClock {
  /** Somebody came, went or got a grace: sets or clears their alarm by the house as it is now. */
  watch(house: House, userId: string): void
  close(): void
}

/** `ring` never rejects; it may leave the person away (the alarm was early): then it is set again. */
export function createGraceClock(ring: (userId: string) => Promise<House>, nowMs: () => number): GraceClock {
  const alarms = new Map<string, NodeJS.Timeout>()
  let closed = false

  function watch(house: House, userId: string): void {
    clearTimeout(alarms.get(userId))
    alarms.delete(userId)
    const member = house.members.get(userId)
    const endsAt = member ? graceEndsAt(house, member) : null
    if (endsAt === null || closed) return
    alarms.set(
      userId,
      setTimeout(
        () => {
          alarms.delete(userId)
          wake(userId)
        },
        Math.max(1, endsAt - nowMs())
      )
    )
  }

  async function wake(userId: string): Promise<void> {
    watch(await ring(userId), userId)
  }

  return {
    watch,
    close() {
      closed = true
      for (const alarm of alarms.values()) clearTimeout(alarm)
      alarms.clear()
    }
  }
}
