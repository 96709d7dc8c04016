import { keepsTarget, type BenchRow } from '../bench-rows.ts'

const headings = ['#', 'figure', 'value', 'target', ''] as const
const rightAligned = new Set([0, 2, 3])

/** Returns a number with three significant digits and its unit. */
export function formatFigure(value: number, unit: string): string {
  const digits = Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–'
  return unit === '' ? digits : `${digits} ${unit}`
}

/** Returns figures as a table of text, in the order of their rows. */
export function tableOf(rows: readonly BenchRow[]): string {
  const cells = rows
    .toSorted((a, b) => a.row - b.row)
    .map(row => [
      String(row.row),
      row.name,
      formatFigure(row.value, row.unit),
      `${row.atMost ? '≤' : '≥'} ${formatFigure(row.target, row.unit)}`,
      keepsTarget(row) ? 'kept' : 'MISSED'
    ])
  const lines = [[...headings], ...cells]
  const widths = headings.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines
    .map(line =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return rightAligned.has(column) ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}
