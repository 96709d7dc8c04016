import type { Poll } from '../../contract/polls.ts'

/** A poll that could not be closed at its end is reported again after this time. */
const retryMs = 1000

/** Reports when the open poll of a show has run to its end. */
export interface PollClock {
  /** Follows this poll from now on. */
  watch(poll: Poll | undefined): void
  close(): void
}

/**
 * `onEnd` never rejects, and returns the poll of the room after it. A poll that is still open, because the room could
 * not be asked, is reported again. A poll lasts at most a day, which a timer of Node.js can wait.
 */
export function createPollClock(onEnd: (pollId: string) => Promise<Poll | undefined>, nowMs: () => number): PollClock {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function watch(poll: Poll | undefined, minMs = 1): void {
    clearTimeout(timer)
    if (isClosed || !poll?.isOpen || poll.endsAt === null) return
    const { endsAt } = poll
    timer = setTimeout(async () => await wake(poll, endsAt), Math.max(minMs, endsAt - nowMs()))
  }

  /** Timers fire early by a fraction of a millisecond, and a clock may be set back: then the poll is not over yet. */
  async function wake(poll: Poll, endsAt: number): Promise<void> {
    if (endsAt > nowMs()) return watch(poll)
    const after = await onEnd(poll.pollId)
    if (after?.pollId === poll.pollId) watch(after, retryMs)
  }

  return {
    watch: poll => watch(poll),
    close() {
      isClosed = true
      clearTimeout(timer)
    }
  }
}
