import type { Jingle } from '../../contract/jingles.ts'

/**
 * A jingle stays in the room, with its producer, this long after its end. A host who plays the next one meanwhile is
 * heard without the time that receiving another producer takes.
 */
const lingerMs = 20_000

/** Reports when a jingle and its producer are not needed any more. */
export interface JingleClock {
  /** Follows this jingle from now on; undefined and null: none. */
  watch(jingle: Jingle | null | undefined): void
  close(): void
}

/** `onOver` gets the time at which the jingle started. */
export function createJingleClock(onOver: (startedAt: number) => Promise<void>, nowMs: () => number): JingleClock {
  let timer: NodeJS.Timeout | undefined
  return {
    watch(jingle) {
      clearTimeout(timer)
      if (!jingle) return
      const { startedAt, durationMs } = jingle
      // A clock that was set back does not keep a jingle for longer.
      const leftMs = Math.min(startedAt + durationMs - nowMs(), durationMs) + lingerMs
      timer = setTimeout(async () => await onOver(startedAt), Math.max(1, leftMs))
    },
    close: () => clearTimeout(timer)
  }
}
