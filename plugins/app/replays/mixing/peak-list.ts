import { maxReplayPeaks } from '../../../../contract/replays.ts'

/** Peaks of a mix as it is made, at most `maxReplayPeaks` of them, each of an equal part of the replay. */
export class PeakList {
  readonly #values: number[]
  readonly #durationMs: number

  constructor(durationMs: number, windowMs = 100) {
    this.#durationMs = durationMs
    const count = Math.min(maxReplayPeaks, Math.ceil(durationMs / windowMs))
    this.#values = new Array<number>(count).fill(0)
  }

  add(atMs: number, peak: number): void {
    const index = Math.min(this.#values.length - 1, Math.floor((atMs * this.#values.length) / this.#durationMs))
    if (index >= 0) this.#values[index] = Math.max(this.#values[index] ?? 0, peak)
  }

  /** Returns the peaks relative to the loudest one, 0 to 1. */
  peaks(): number[] {
    const max = this.#values.reduce((a, b) => Math.max(a, b), 0)
    return this.#values.map(value => (max === 0 ? 0 : Math.round((100 * value) / max) / 100))
  }
}
