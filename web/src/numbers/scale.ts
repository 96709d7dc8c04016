/** Maps a value to a position on the screen, px. */
export type Scale = (value: number) => number

export const minuteMs = 60_000

/** Returns the scale from one range to another; a range without extent is mapped to its start. */
export function linearScale(from: readonly [number, number], to: readonly [number, number]): Scale {
  const extent = from[1] - from[0]
  return value => (extent === 0 ? to[0] : to[0] + ((value - from[0]) / extent) * (to[1] - to[0]))
}

/**
 * Returns the labelled values of an axis of whole numbers, from 0 to the first of them that is not below `max`: at most
 * five, in steps of 1, 2 or 5 times a power of ten.
 */
export function countTicks(max: number): number[] {
  const top = Math.max(1, max)
  const magnitude = 10 ** Math.floor(Math.log10(top / 4))
  const step = Math.max(1, [1, 2, 5, 10].map(factor => factor * magnitude).find(step => step * 4 >= top) ?? top)
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, index) => index * step)
}

const minuteSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]

/** Returns the labelled times of an axis, ms: full steps of the clock, not closer than `minGap` px to each other. */
export function timeTicks(fromMs: number, toMs: number, width: number, minGap: number): number[] {
  const minutes = Math.max(1, (toMs - fromMs) / minuteMs)
  const step = minuteSteps.find(step => (step / minutes) * width >= minGap) ?? 1440
  // Full hours where people are, also in time zones that are not whole hours away.
  const offsetMs = new Date(fromMs).getTimezoneOffset() * minuteMs
  const first = Math.ceil((fromMs - offsetMs) / (step * minuteMs)) * step * minuteMs + offsetMs
  const ticks: number[] = []
  for (let at = first; at <= toMs; at += step * minuteMs) ticks.push(at)
  return ticks
}

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })

/** Formats a time of day in the reader's time zone: `20:05`. */
export function formatTime(ms: number): string {
  return timeFormat.format(ms)
}
