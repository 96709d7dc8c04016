const firstLength = 1024

/** Numbers of 64 bits, 8 bytes each: there may be more of them than a Set can hold. */
export function createSumList() {
  let sums = new BigUint64Array(firstLength)
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
    /** Whether a number was added twice. Sorts them where they are. */
    hasEqual(): boolean {
      const sorted = sums.subarray(0, count).sort()
      return sorted.some((sum, n) => n > 0 && sum === sorted[n - 1])
    }
  }
}
