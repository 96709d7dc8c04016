import { noTotals, type Totals } from './totals.ts'

/** The footer that tap writes at the end of a file: https://node-tap.org/tap-format/ */
const footer = /^# \{ (total: .*) \}$/
const emptyPlan = /^1\.\.0\b/
const endOfFile = /^# time=/
/** Lines that do not help to understand a failure. */
const passing = /^\s*(ok \d|\d+\.\.\d|TAP version |# time=|# \{ total: |$)/
const skipped = /^\s*ok \d.* # (SKIP|TODO)/

export interface TapReport {
  /** Adds a line that the test file wrote. */
  read(line: string): void
  /** Returns the counts of the footer, or undefined when the file ended before it wrote one. */
  totals(): Totals | undefined
  /** Returns the lines to show: skipped tests, and for a failed file all lines except those of passed tests. */
  lines(isFailed: boolean): string[]
}

/** Reads the TAP output of one test file. */
export function createTapReport(onEnd: () => void = () => {}): TapReport {
  const written: string[] = []
  let totals: Totals | undefined

  return {
    read(line) {
      const [, counts] = footer.exec(line) ?? []
      if (counts !== undefined) totals = readCounts(counts)
      else if (emptyPlan.test(line)) totals ??= { ...noTotals, skipped: 1 }
      if (endOfFile.test(line)) onEnd()
      written.push(line)
    },
    totals: () => totals,
    lines: isFailed => written.filter(line => skipped.test(line) || (isFailed && !passing.test(line)))
  }
}

/**
 * Parses `total: 11, pass: 4, fail: 3, todo: 1, skip: 3`. Counts of zero are absent. A test marked as todo counts as
 * skipped.
 */
function readCounts(counts: string): Totals {
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(counts)?.[1] ?? 0)
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') }
}
