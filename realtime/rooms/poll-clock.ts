import type { Poll } from '../../contract/polls.ts'

/** Reports when the open poll of a show has run to its end. */
export interface PollClock {
  /** Follows this poll from now on. */
  watch(poll: Poll | undefined): void
  close(): void
}

/** `onEnd` never rejects. A poll lasts at most a day, which a timer of Node.js can wait. */
export function createPollClock(onEnd: (pollId: string) => Promise<void>, nowMs: () => number): PollClock {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** Timers fire early by a fraction of a millisecond, and a clock may be set back: then the poll is not over yet. */
  function watch(poll: Poll | undefined): void {
    clearTimeout(timer)
    if (isClosed || !poll?.isOpen || poll.endsAt === null) return
    const { pollId, endsAt } = poll
    timer = setTimeout(
      async () => (endsAt > nowMs() ? watch(poll) : await onEnd(pollId)),
      Math.max(1, endsAt - nowMs())
    )
  }

  return {
    watch,
    close() {
      isClosed = true
      clearTimeout(timer)
    }
  }
}
