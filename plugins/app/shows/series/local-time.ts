const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** Returns the name of a time zone in its usual form; undefined for names that are not in the IANA database. */
export function timeZoneOf(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** Returns the time that clocks in a time zone show, as a date whose fields in UTC are those of the clock. */
export function clockTime(at: Date, timeZone: string): Date {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)])
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second))
}

/**
 * Returns the moment at which clocks in a time zone show a time, given as by `clockTime`. As in RFC 5545, a time that
 * the clocks show twice is the first one, and one that they leave out is as much later as they are set forward.
 */
export function momentOf(clock: Date, timeZone: string): Date {
  const before = new Date(clock.getTime() - offsetMs(clock.getTime() - dayMs, timeZone))
  const after = new Date(clock.getTime() - offsetMs(clock.getTime() + dayMs, timeZone))
  const shown = [before, after].filter(at => clockTime(at, timeZone).getTime() === clock.getTime())
  return shown.length > 0 ? new Date(Math.min(...shown.map(Number))) : before
}

/** Offset of a time zone from UTC at a time, ms. */
function offsetMs(atMs: number, timeZone: string): number {
  const wholeSecondMs = Math.floor(atMs / 1000) * 1000
  return clockTime(new Date(wholeSecondMs), timeZone).getTime() - wholeSecondMs
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
  formats.set(timeZone, format)
  return format
}
