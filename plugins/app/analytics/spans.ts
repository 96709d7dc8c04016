/** A time span, ms since the epoch. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
}

/** Spans of a show that are kept at most. Sums count the further ones too. */
export const maxSpans = 5_000

/** Keeps spans up to a maximum, and knows whether there were more. */
export class SpanList<S extends TimeSpan> {
  readonly spans: S[] = []
  isTruncated = false

  add(span: S): void {
    if (span.to <= span.from) return
    if (this.spans.length < maxSpans) this.spans.push(span)
    else this.isTruncated = true
  }
}

/** The times, in whole seconds, of many cases: exact sum, and a median to the second. */
export class Durations {
  #sumMs = 0
  #count = 0
  readonly #bySecond = new Map<number, number>()

  add(ms: number): void {
    const second = Math.round(ms / 1000)
    this.#sumMs += ms
    this.#count++
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + 1)
  }

  /** Ms, rounded; null without cases. */
  get averageMs(): number | null {
    return this.#count === 0 ? null : Math.round(this.#sumMs / this.#count)
  }

  /** The smallest time, ms, that at least half of the cases do not exceed; null without cases. */
  get medianMs(): number | null {
    let seen = 0
    for (const [second, count] of [...this.#bySecond].toSorted(([a], [b]) => a - b)) {
      seen += count
      if (seen * 2 >= this.#count) return second * 1000
    }
    return null
  }
}
