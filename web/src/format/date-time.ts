const dayMs = 86_400_000

/** Formats a time in the reader's time zone: "Today, 20:00", "Tomorrow, 20:00", "Fri, Dec 5, 20:00". */
export function formatDateTime(iso: string, now = new Date()): string {
  const date = new Date(iso)
  const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(date)
  return `${formatDay(date, now)}, ${time}`
}

/** Formats a time inside of a sentence, where a day has no capital letter: "since today, 20:00". */
export function formatDateTimeInText(iso: string, now = new Date()): string {
  return formatDateTime(iso, now).replace(/^(?:Today|Tomorrow|Yesterday)/, day => day.toLowerCase())
}

/** Formats the day alone; the year only when it is not the current one. */
export function formatDay(date: Date, now = new Date()): string {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / dayMs)
  const nearbyDays: Readonly<Record<number, string>> = { [-1]: 'Yesterday', 0: 'Today', 1: 'Tomorrow' }
  const isOtherYear = date.getFullYear() !== now.getFullYear()
  return (
    nearbyDays[days] ??
    new Intl.DateTimeFormat('en', {
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      ...(isOtherYear && { year: 'numeric' })
    }).format(date)
  )
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
