/** Returns the index of the last entry, sorted by place, that has begun at a place; -1 when none has. */
export function currentIndex(entries: readonly { atMs: number }[], ms: number): number {
  return entries.findLastIndex(({ atMs }) => atMs <= ms)
}
