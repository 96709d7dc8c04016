import { samplesPerMs } from '../player/opus-packet.ts'

/** The first mark comes early, because a stint may be short. */
const firstWindowMs = 2_000
const windowMs = 10_000
/** A window with fewer packets continues, because the delay of a few packets says little. */
const minPackets = 25
/** A sound card is not further off than this. A delay that grows faster comes from the network. */
const maxDriftPpm = 500
/** A delay this much longer, in this many windows in a row, stays: the sender's clock has stopped for a while. */
const stepMs = 60
const stepWindows = 3

/**
 * Places a stint on the server's clock, by the times at which its packets arrive. The delay of the fastest packet of
 * each window counts, so jitter does not move the marks, and the drift of the speaker's sound card does.
 *
 * The RTCP sender reports that mediasoup's worker sends to a consumer say nothing better: they are the worker's own,
 * with its clock. They relate the highest timestamp sent to the time at which its packet arrived at the worker, or,
 * where the sender's reports and extensions allow it, to an estimate of the time of capture, which comes from the
 * fastest arrivals too. A sender's own reports never reach a consumer, and its clock is not ours.
 */
export interface ArrivalMarks {
  /** A packet whose last sample is at `samples` in the file arrived. */
  arrived(samples: number, atMs: number): void
  /** Marks what has arrived since the last mark, when there is no mark yet. */
  end(): void
}

/** The fastest packet of a window. */
interface Fastest {
  readonly samples: number
  readonly delayMs: number
}

export function createArrivalMarks(onMark: (samples: number, atMs: number) => void): ArrivalMarks {
  let windowStart: number | null = null
  let packets = 0
  let fastest: Fastest | null = null
  let last: Fastest | null = null
  /** The fastest packets of the windows in a row whose delay was longer by a step. */
  let slowWindows: Fastest[] = []

  /** The delay of a window, at most as much longer than before as a sound card can drift. */
  function settle(window: Fastest, before: Fastest): number {
    const drifted = before.delayMs + ((window.samples - before.samples) / samplesPerMs) * (maxDriftPpm / 1e6)
    slowWindows = window.delayMs > drifted + stepMs ? [...slowWindows, window] : []
    if (slowWindows.length < stepWindows) return Math.min(window.delayMs, drifted)
    const delays = slowWindows.map(({ delayMs }) => delayMs)
    slowWindows = []
    return Math.min(...delays)
  }

  function mark(): void {
    if (!fastest) return
    const { samples, delayMs } = last ? { samples: fastest.samples, delayMs: settle(fastest, last) } : first(fastest)
    last = { samples, delayMs }
    fastest = null
    onMark(samples, delayMs + samples / samplesPerMs)
  }

  return {
    arrived(samples, atMs) {
      const delayMs = atMs - samples / samplesPerMs
      windowStart ??= atMs
      const isOver = atMs - windowStart >= (last ? windowMs : firstWindowMs) && packets >= minPackets
      if (isOver) {
        mark()
        windowStart = atMs
        packets = 0
      }
      packets++
      if (!fastest || delayMs < fastest.delayMs) fastest = { samples, delayMs }
    },
    end() {
      if (!last) mark()
    }
  }
}

/** The first mark is that of the beginning of the file. */
function first({ delayMs }: Fastest): Fastest {
  return { samples: 0, delayMs }
}
