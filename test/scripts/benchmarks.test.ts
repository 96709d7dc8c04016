import t from 'tap'
import { rowsOfOutput } from '../load/all/rows-of-output.ts'
import { formatFigure, tableOf } from '../load/all/table.ts'
import { benchmarks } from '../load/all/benchmarks.ts'
import { keepsTarget, type BenchRow } from '../load/bench-rows.ts'
import { median } from '../load/median.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const row: BenchRow = { row: 2, name: 'Ambient ÷ LiveKit', value: 0.3456, unit: '', target: 0.35, atMost: true }

t.test('the median is the middle value, or the mean of the two in the middle', async t => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([1, 2, 10, 4]), 3)
  t.ok(Number.isNaN(median([])))
})

t.test('a figure at its target keeps it, in both directions', async t => {
  t.ok(keepsTarget({ ...row, value: 0.35 }))
  t.notOk(keepsTarget({ ...row, value: 0.351 }))
  t.ok(keepsTarget({ ...row, atMost: false, value: 0.351 }))
  t.notOk(keepsTarget({ ...row, atMost: false, value: 0.349 }))
  t.notOk(keepsTarget({ ...row, value: NaN }), 'a missing value keeps no target')
})

t.test('the rows of a benchmark are the last line of its output', async t => {
  const output = `3 × 200: a line for people\n${JSON.stringify({ rows: [row] })}\n`
  t.same(rowsOfOutput(output), [row])
  t.throws(() => rowsOfOutput('only a line for people\n'), /no rows/)
  t.throws(() => rowsOfOutput(''), /no rows/)
  t.throws(() => rowsOfOutput(JSON.stringify({ rows: [{ ...row, value: null }] })), /no rows/)
})

t.test('the table shows every figure with its target, in the order of the rows', async t => {
  const join = { row: 5, name: 'join', value: 7.123, unit: 'ms', target: 8, atMost: true }
  const rest = { row: 7, name: 'GET', value: 0.5, unit: '', target: 0.6, atMost: false }
  t.equal(
    tableOf([rest, join, row]),
    [
      '#  figure               value  target',
      '2  Ambient ÷ LiveKit    0.346  ≤ 0.35  kept',
      '5  join               7.12 ms  ≤ 8 ms  kept',
      '7  GET                    0.5   ≥ 0.6  MISSED'
    ].join('\n')
  )
  t.equal(formatFigure(NaN, 'ms'), '– ms')
})

t.test('every benchmark of the table is an npm script', async t => {
  const manifest = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(manifest)
  for (const { script } of benchmarks) t.hasOwnProp(scripts, script)
})
