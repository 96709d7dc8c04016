import { rampsGain, type GainRamp } from '../contract/song-fade.ts'

/** While a song fades, the volume of its element changes in steps of this length. */
const stepMs = 50

/** The fades of songs in elements, whose volume cannot be scheduled. Times are those of `Date.now()`. */
export interface FadeSteps {
  readonly ramps: readonly GainRamp[]
  /** Returns the gain of songs now, 0 to 1. */
  gain(): number
  set(ramps: readonly GainRamp[]): void
}

/** `onStep`: the gain has changed. */
export function createFadeSteps(onStep: () => void): FadeSteps {
  let ramps: readonly GainRamp[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function step(): void {
    clearTimeout(timer)
    onStep()
    const now = Date.now()
    const next = Math.min(...ramps.filter(({ at, durationMs }) => now < at + durationMs).map(({ at }) => at))
    if (next < Infinity) timer = setTimeout(step, Math.max(stepMs, next - now))
  }

  return {
    get ramps() {
      return ramps
    },
    gain: () => rampsGain(ramps, Date.now()),
    set(next) {
      ramps = next
      step()
    }
  }
}
