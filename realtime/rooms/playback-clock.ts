import type { Playback } from '../../contract/playback.ts'
import { endOf } from '../room/playback-end.ts'

/** Reports when the item that plays has run to its end. */
export interface PlaybackClock {
  /** Follows this playback from now on. */
  watch(playback: Playback): void
  close(): void
}

/** Maximum delay of a Node.js timer. */
const maxTimerMs = 2 ** 31 - 1

/** `onEnd` gets the item's id and since when it has played, which tells a late report about an earlier item apart. */
export function createPlaybackClock(
  onEnd: (itemId: string, at: number) => Promise<void>,
  nowMs: () => number
): PlaybackClock {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** Timers fire early by a fraction of a millisecond, and a clock may be set back: then the item is not over yet. */
  function watch(playback: Playback): void {
    clearTimeout(timer)
    const { status, item, at } = playback
    if (isClosed || status !== 'playing' || !item) return
    const leftMs = () => endOf(playback) - nowMs()
    timer = setTimeout(
      async () => (leftMs() > 0 ? watch(playback) : await onEnd(item.id, at)),
      Math.max(1, Math.min(leftMs(), maxTimerMs))
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
