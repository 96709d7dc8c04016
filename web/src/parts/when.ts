const dayMs = 86_400_000

/** When something is, as a person says it: "Today, 20:00", "Tomorrow, 20:00", "Fri, Dec 5, 20:00". In the time zone of whoever reads. */
export function whenText(iso: string, now = new Date()): string {
  const date = new Date(iso)
  const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' }).format(date)
  return `${dayText(date, now)}, ${time}`
}

/** The day alone. */
export function dayText(date: Date, now = new Date()): string {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / dayMs)
  const near: Readonly<Record<number, string>> = { [-1]: 'Yesterday', 0: 'Today', 1: 'Tomorrow' }
  const otherYear = date.getFullYear() !== now.getFullYear()
  return (
    near[days] ??
    new Intl.DateTimeFormat('en', {
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      ...(otherYear && { year: 'numeric' })
    }).format(date)
  )
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
