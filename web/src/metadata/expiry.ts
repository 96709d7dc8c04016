/** Content with the time after which its source forbids to show it. */
export interface Limited {
  showUntil?: string
}

/** A sleeping device stops timers, so the time is looked at this often. */
const checkEveryMs = 30_000

/** Tells whether content may not be shown any longer. */
export const isExpired = ({ showUntil }: Limited, nowMs: number): boolean =>
  showUntil !== undefined && Date.parse(showUntil) <= nowMs

/** Waits until some of the watched content may not be shown any longer. */
export class ExpiryTimer {
  readonly #onExpired: (nowMs: number) => void
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param onExpired called once with the present time; watches again with the content that is left */
  constructor(onExpired: (nowMs: number) => void) {
    this.#onExpired = onExpired
  }

  /** Watches this content instead of the content before. */
  watch(contents: Iterable<Limited>): void {
    this.stop()
    const ends = [...contents].flatMap(({ showUntil }) => (showUntil === undefined ? [] : [Date.parse(showUntil)]))
    if (ends.length > 0) this.#wait(ends.reduce((first, end) => Math.min(first, end)))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wait(endMs: number): void {
    this.#timer = setTimeout(
      () => {
        const nowMs = Date.now()
        if (nowMs < endMs) this.#wait(endMs)
        else this.#onExpired(nowMs)
      },
      Math.min(Math.max(endMs - Date.now(), 0), checkEveryMs)
    )
  }
}
