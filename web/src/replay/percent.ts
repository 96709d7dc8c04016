/** Returns a place or a length in a replay as a share of its duration, for styles. */
export function percentOf(ms: number, durationMs: number): string {
  return `${(ms / Math.max(1, durationMs)) * 100}%`
}
