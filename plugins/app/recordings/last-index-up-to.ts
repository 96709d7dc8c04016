/** Returns the index of the last item whose value is not above `max`; -1 when there is none. Values ascend. */
export function lastIndexUpTo<Item>(items: readonly Item[], max: number, valueOf: (item: Item) => number): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && valueOf(item) <= max) low = middle + 1
    else high = middle
  }
  return low - 1
}
