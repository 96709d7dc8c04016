/** How many assertions went which way. */
export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const noTotals: Totals = { passed: 0, failed: 0, skipped: 0 }

export function addTotals(one: Totals, other: Totals): Totals {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped
  }
}

/** `12 passed, 0 failed`, and how many were skipped when any were. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

const fileBegins = /^# Subtest: /
const fileEnds = /^(not ok|ok) \d+ - (\S+)(.*)$/
const footer = /^# \{ (total: .*) \}$/
/** Lines of a file's report that tell nothing about its failure. */
const passing = /^\s+(ok \d|\d+\.\.\d)/
const leftOut = /^\s+ok \d.* # (SKIP|TODO)/
/** What tap says below a file that failed, besides how it was started. */
const howItEnded = /^\s+(exitCode|signal|error|failure|expired|timeout|reason): (?!null)/

export interface TapReader {
  /** Takes the next line that tap wrote. */
  read(line: string): void
  /** What tap counted at its end; undefined when it did not get there. */
  totals(): Totals | undefined
}

/**
 * Reads what `tap --reporter=tap` writes and shows it condensed: one line for each test file, those of its tests that were
 * left out, and for a file that failed its whole report but what passed.
 */
export function createTapReader(show: (line: string) => void): TapReader {
  let report: string[] = []
  let lastFailed = false
  let totals: Totals | undefined

  function endFile(failed: boolean, file: string, rest: string) {
    report.filter(line => leftOut.test(line) || (failed && !passing.test(line))).forEach(show)
    show(`${failed ? '✗' : '✓'} ${file}${rest.replace('# time=', '')}`)
    report = []
    lastFailed = failed
  }

  function read(line: string) {
    const [, verdict, file, rest = ''] = fileEnds.exec(line) ?? []
    const [, counts] = footer.exec(line) ?? []

    if (verdict !== undefined && file !== undefined) {
      endFile(verdict === 'not ok', file, rest)
    } else if (counts !== undefined) {
      totals = readCounts(counts)
    } else if (fileBegins.test(line)) {
      report = [line]
    } else if (report.length > 0) {
      report.push(line)
    } else if (lastFailed && howItEnded.test(line)) {
      show(line)
    }
  }

  return { read, totals: () => totals }
}

/** Reads `total: 11, pass: 4, fail: 3, todo: 1, skip: 3`, where what is zero is left out. A test still to write is as good as skipped. */
function readCounts(counts: string): Totals {
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(counts)?.[1] ?? 0)
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') }
}
