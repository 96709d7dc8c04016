/** Samples of which the one with the shortest round trip counts. */
const sampleCount = 8

interface Sample {
  offsetMs: number
  roundTripMs: number
}

/** Time that all nodes share: that of their common server, kept by the monotonic clock between two samples. */
export interface ClusterClock {
  /** Takes a sample: the server's time, and when the question was sent and answered by the monotonic clock, ms. */
  observe(serverMs: number, sentAtMs: number, answeredAtMs: number): void
  /** Returns whole ms since the epoch. It never steps back: it stands still until the server's time has passed it. */
  nowMs(): number
}

export function createClusterClock(monotonicMs: () => number): ClusterClock {
  const samples: Sample[] = []
  let offsetMs = 0
  let latestMs = 0
  return {
    observe(serverMs, sentAtMs, answeredAtMs) {
      const roundTripMs = answeredAtMs - sentAtMs
      samples.push({ offsetMs: serverMs + roundTripMs / 2 - answeredAtMs, roundTripMs })
      if (samples.length > sampleCount) samples.shift()
      const best = samples.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a))
      offsetMs = best.offsetMs
    },
    nowMs() {
      latestMs = Math.max(latestMs, Math.floor(monotonicMs() + offsetMs))
      return latestMs
    }
  }
}
