import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rowsOfOutput } from '../load/all/rows-of-output.ts'
import { formatFigure, tableOf } from '../load/all/table.ts'
import { benchmarks } from '../load/all/benchmarks.ts'
import { keepsTarget, type BenchRow } from '../load/bench-rows.ts'
import { median } from '../load/median.ts'
import { sharesOf, showSeconds, songSpell, speakerSpells } from '../load/sides/show-script.ts'

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

t.test('the scripted show has turns, overlaps, pauses and a song in which nobody talks', async t => {
  t.equal(speakerSpells.length, 5)
  for (const spells of speakerSpells) t.ok(spells.length > 0, 'every speaker talks')
  for (const { from, to } of [...speakerSpells.flat(), songSpell]) t.ok(from < to && to <= showSeconds * 1000)
  const talking = speakerSpells.flat().filter(({ from, to }) => from < songSpell.to && to > songSpell.from)
  t.same(talking, [], 'nobody talks in the song')
  const { none, one, more } = sharesOf(speakerSpells, showSeconds * 1000)
  t.equal(Math.round((none + one + more) * 1e6), 1e6)
  t.ok(one > 0.55 && one < 0.75, `one person talks ${one} of the time`)
  t.ok(more >= 0.05 && more < 0.15, `several people talk ${more} of the time`)
  const songShare = (songSpell.to - songSpell.from) / (showSeconds * 1000)
  t.ok(none > songShare + 0.02, `nobody talks ${none} of the time`)
})

t.test('every benchmark of the table is an npm script', async t => {
  const manifest = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(manifest)
  for (const { script } of benchmarks) t.hasOwnProp(scripts, script)
})
