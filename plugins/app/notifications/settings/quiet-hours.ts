import type { QuietHours } from '../../../../contract/notifications.ts'

/** Whether a text names a time zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    clockOf(timeZone)
    return true
  } catch {
    return false
  }
}

/** Whether a time is within quiet hours. Those with equal ends have no length. */
export function isQuiet({ from, to, timeZone }: QuietHours, at: Date): boolean {
  // A stored time zone may be one that an older system knew.
  if (!isTimeZone(timeZone)) return false
  const now = clockOf(timeZone).format(at)
  return from <= to ? from <= now && now < to : from <= now || now < to
}

/** Clocks by time zone: making one takes far longer than reading it. The one that was made first is forgotten. */
const clocks = new Map<string, Intl.DateTimeFormat>()
const maxClocks = 500

/** Writes the time of a day in a time zone, such as 22:30. Throws RangeError for an unknown time zone. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  const [first] = clocks.keys()
  if (clocks.size >= maxClocks && first !== undefined) clocks.delete(first)
  clocks.set(timeZone, clock)
  return clock
}
