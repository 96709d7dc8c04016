import { appendFileSync } from 'node:fs'
import type { Test } from 'tap'

/** The measurements of one effect of a fault. */
export interface Figure {
  readonly fault: string
  readonly what: string
  /** ms, or a count. */
  readonly samples: readonly number[]
  /** Maximum that is allowed. */
  readonly limit: number
}

/** Checks every sample against the limit, and keeps the figure for the table of `npm run check:faults`. */
export function checkFigure(t: Test, figure: Figure): void {
  const { what, samples, limit } = figure
  t.ok(
    samples.length > 0 && samples.every(sample => sample <= limit),
    `${what}: ${samples.map(Math.round).join(' ')}, at most ${limit}`
  )
  t.comment(figureLine(figure))
  // Written by the processes of several test files, one after the other.
  if (process.env.FAULT_FIGURES !== undefined) appendFileSync(process.env.FAULT_FIGURES, `${JSON.stringify(figure)}\n`)
}

/** Returns a line of the table: number of samples, p50, p95, worst, limit. */
export function figureLine({ fault, what, samples, limit }: Figure): string {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  const cells = [sorted.length, at(0.5), at(0.95), at(1), limit].map(cell => String(Math.round(cell)).padStart(7))
  return `${cells.join('')}  ${fault}: ${what}`
}

/** The heading of the lines. */
export const figureHeading = `${['times', 'p50', 'p95', 'worst', 'limit'].map(cell => cell.padStart(7)).join('')}  figure`
