/** Numbers of assertions by result. */
export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const noTotals: Totals = { passed: 0, failed: 0, skipped: 0 }
export const passedOnce: Totals = { ...noTotals, passed: 1 }
export const failedOnce: Totals = { ...noTotals, failed: 1 }

export function addTotals(one: Totals, other: Totals): Totals {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped
  }
}

/** Returns `12 passed, 0 failed`, with the number of skipped assertions when there are any. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
