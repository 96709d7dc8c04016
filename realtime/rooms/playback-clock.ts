import type { Playback } from '../../contract/playback.ts'
import { endOf } from '../room/playback.ts'

/** Tells when an item that plays has run to its end. */
export interface PlaybackClock {
  /** From now on this is what plays. */
  watch(playback: Playback): void
  close(): void
}

/** A timer takes no longer waits. */
const longestMs = 2 ** 31 - 1

/** `onEnd` gets the item's id and since when it has played, so that a late word about an earlier one is told apart. */
export function createPlaybackClock(
  onEnd: (itemId: string, at: number) => Promise<void>,
  nowMs: () => number
): PlaybackClock {
  let timer: NodeJS.Timeout | undefined
  let closed = false

  /** Timers ring early by a fraction, and a clock may be set back: then the item is not over yet. */
  function watch(playback: Playback): void {
    clearTimeout(timer)
    const { status, item, at } = playback
    if (closed || status !== 'playing' || !item) return
    const leftMs = () => endOf(playback) - nowMs()
    timer = setTimeout(
      async () => (leftMs() > 0 ? watch(playback) : await onEnd(item.id, at)),
      Math.max(1, Math.min(leftMs(), longestMs))
    )
  }

  return {
    watch,
    close() {
      closed = true
      clearTimeout(timer)
    }
  }
}
