import type { Test } from 'tap'

/** True in `npm run check:slow`: tests then also run the cases and sizes that `npm test` leaves out. */
export const isNightly = process.env.TEST_DEPTH === 'nightly'

/**
 * Returns the number of runs of a property: PROPERTY_RUNS when it is set, otherwise the number of `npm test` or of the
 * night.
 */
export function runsOf(everyTime: number, atNight: number): number {
  return Number(process.env.PROPERTY_RUNS ?? (isNightly ? atNight : everyTime))
}

/** Runs a test at night only. Its behaviour has a faster test, or is a rare case of one that has. */
export async function testAtNight(t: Test, name: string, run: (t: Test) => Promise<void>): Promise<void> {
  if (isNightly) await t.test(name, run)
}
