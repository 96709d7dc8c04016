import { positionAt, type Playback } from '../contract/playback.ts'

/** Tells when an item that plays has run to its end. */
export interface PlaybackClock {
  /** From now on this is what plays. */
  watch (playback: Playback): void
  close (): void
}

/** `onEnd` gets the item's id and since when it has played, so that a late word about an earlier one is told apart. */
export function createPlaybackClock (onEnd: (itemId: string, at: number) => Promise<void>, nowMs: () => number): PlaybackClock {
  let timer: NodeJS.Timeout | undefined
  let closed = false

  return {
    watch (playback) {
      clearTimeout(timer)
      const { status, item, at } = playback
      if (closed || status !== 'playing' || !item) return
      timer = setTimeout(async () => await onEnd(item.id, at), item.durationMs - positionAt(playback, nowMs()))
    },
    close () {
      closed = true
      clearTimeout(timer)
    }
  }
}
