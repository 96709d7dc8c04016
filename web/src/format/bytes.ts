const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const
const step = 1024

/** Formats a file size as `3.4 MB`; each unit is 1024 of the one before. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(step))))
  const value = bytes / step ** power
  return `${power > 1 && value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${units[power]}`
}
