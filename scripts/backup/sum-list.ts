const initialLength = 1024

/** A list of 64-bit numbers that takes 8 bytes for each. It can hold more numbers than a Set. */
export function createSumList() {
  let sums = new BigUint64Array(initialLength)
  let count = 0

  return {
    add(sum: bigint): void {
      if (count === sums.length) {
        const longer = new BigUint64Array(count * 2)
        longer.set(sums)
        sums = longer
      }
      sums[count++] = sum
    },
    /** Returns whether a number was added twice. Sorts the list in place. */
    hasDuplicate(): boolean {
      const sorted = sums.subarray(0, count).sort()
      return sorted.some((sum, n) => n > 0 && sum === sorted[n - 1])
    }
  }
}
