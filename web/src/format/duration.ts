/** Formats whole elapsed seconds as `3:20`, or `1:03:20` from one hour on. */
export function formatDuration(ms: number): string {
  const { hours, minutes, seconds } = split(ms)
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(seconds)}` : `${minutes}:${padded(seconds)}`
}

/** Formats a duration for a screen reader: `3 minutes 20 seconds`. */
export function formatSpokenDuration(ms: number): string {
  const { hours, minutes, seconds } = split(ms)
  const part = (count: number, unit: string) => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`])
  return [...part(hours, 'hour'), ...part(minutes, 'minute'), ...part(seconds, 'second')].join(' ') || '0 seconds'
}

/** Formats a running clock: `00:03:20`. */
export function formatClock(ms: number): string {
  const { hours, minutes, seconds } = split(ms)
  return [hours, minutes, seconds].map(padded).join(':')
}

function split(ms: number): { hours: number; minutes: number; seconds: number } {
  const total = Math.max(0, Math.floor(ms / 1000))
  return { hours: Math.floor(total / 3600), minutes: Math.floor(total / 60) % 60, seconds: total % 60 }
}

function padded(value: number): string {
  return String(value).padStart(2, '0')
}
