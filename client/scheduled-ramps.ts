import { rampsGain, type GainRamp } from '../contract/song-fade.ts'

/** A ramp is scheduled in this number of straight pieces. */
const pieces = 40
/** Duration of a change that is no ramp, ms. A jump would be heard as a click. */
const smoothMs = 20

/**
 * Schedules ramps on the audio clock, from now on, instead of the ones before. Timers would be late in a page in the
 * background. The times of the ramps are those of `Date.now()`.
 */
export function scheduleRamps(
  gain: AudioParam,
  { currentTime }: Pick<BaseAudioContext, 'currentTime'>,
  ramps: readonly GainRamp[],
  before: readonly GainRamp[]
): void {
  const now = Date.now()
  const times = ramps
    .flatMap(({ at, durationMs }) => [
      // A ramp without a duration is a step.
      at - 1,
      ...Array.from({ length: durationMs > 0 ? pieces + 1 : 1 }, (_, n) => at + (durationMs * n) / pieces)
    ])
    .filter(time => time > now + smoothMs)
    .sort((one, other) => one - other)
  gain.cancelScheduledValues(0)
  gain.setValueAtTime(rampsGain(before, now), currentTime)
  for (const time of [now + smoothMs, ...times]) {
    gain.linearRampToValueAtTime(rampsGain(ramps, time), currentTime + (time - now) / 1000)
  }
}
