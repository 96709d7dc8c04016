/** A figure of a benchmark, with the limit that it should keep. */
export interface BenchRow {
  /** Number of the row in the table of all figures: figures about one subject share it. */
  readonly row: number
  /** The figure in words, like `join, both processes`. */
  readonly name: string
  readonly value: number
  /** Unit of the value, like `ms` or `µs`; empty for a ratio. */
  readonly unit: string
  readonly target: number
  /** Whether the value should be at most the target; otherwise it should be at least the target. */
  readonly atMost: boolean
}

/** Returns whether the figure keeps its limit. */
export function keepsTarget({ value, target, atMost }: BenchRow): boolean {
  return atMost ? value <= target : value >= target
}

/** Prints figures as one line of JSON, for programs, when the benchmark was started with `--json`. */
export function printRows(rows: readonly BenchRow[]): void {
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ rows })}\n`)
}
