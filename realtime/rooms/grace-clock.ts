import { graceEndsAt, type ServerRoomState } from '../room/server-room-state.ts'

/** Wakes the room when a member's grace period ends. `decide` checks whether it really has ended. */
export interface GraceClock {
  /** Sets or clears the member's timer according to this state. */
  watch(state: ServerRoomState, userId: string): void
  close(): void
}

/** `onEnd` never rejects and returns the state after it. A timer that fired too early is set again. */
export function createGraceClock(onEnd: (userId: string) => Promise<ServerRoomState>, nowMs: () => number): GraceClock {
  const timers = new Map<string, NodeJS.Timeout>()
  let isClosed = false

  function watch(state: ServerRoomState, userId: string): void {
    clearTimeout(timers.get(userId))
    timers.delete(userId)
    const member = state.members.get(userId)
    const endsAt = member ? graceEndsAt(state, member) : null
    if (endsAt === null || isClosed) return
    const timer = setTimeout(
      () => {
        timers.delete(userId)
        wake(userId)
      },
      Math.max(1, endsAt - nowMs())
    )
    timers.set(userId, timer)
  }

  async function wake(userId: string): Promise<void> {
    watch(await onEnd(userId), userId)
  }

  return {
    watch,
    close() {
      isClosed = true
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    }
  }
}
