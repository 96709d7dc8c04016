const formatter = new Intl.NumberFormat()

/** Formats a whole number for the reader's locale: `3,412`. */
export function formatCount(count: number): string {
  return formatter.format(count)
}

/** Formats a number with its noun: `1 listener`, `3,412 listeners`. */
export function formatCounted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
