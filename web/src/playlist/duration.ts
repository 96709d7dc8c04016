/** `3:20`, or `1:03:20`; whole seconds that have passed. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    String(seconds % 60).padStart(2, '0')
  ]
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** `3 minutes 20 seconds`, as it is read out. */
export function spokenDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const part = (count: number, unit: string) => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`])
  return (
    [
      ...part(Math.floor(seconds / 3600), 'hour'),
      ...part(Math.floor(seconds / 60) % 60, 'minute'),
      ...part(seconds % 60, 'second')
    ].join(' ') || '0 seconds'
  )
}
