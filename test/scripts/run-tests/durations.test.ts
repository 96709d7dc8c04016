import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

import { readDurations, saveDurations, slowestFirst, slowestTable } from '../../../scripts/run-tests/durations.ts'

t.test('durations are read as they were saved', async t => {
  const file = join(t.testdir(), 'cache', 'durations.json')
  t.same(await readDurations(file), {})
  await saveDurations(file, { 'a.test.ts': 5 })
  t.same(await readDurations(file), { 'a.test.ts': 5 })
  await writeFile(file, '{ damaged')
  t.same(await readDurations(file), {})
})

t.test('jobs of unknown duration start first, then the slowest', async t => {
  const jobs = ['fast', 'unknown', 'slow'].map(name => ({ name }))
  const started = slowestFirst(jobs, { fast: 1, slow: 10 }).map(({ name }) => name)
  t.same(started, ['unknown', 'slow', 'fast'])
})

t.test('the table holds the slowest files', async t => {
  t.equal(
    slowestTable({ fast: 1, slow: 12_340, medium: 1_000 }, 2),
    ['Slowest:', '    12.3 s  slow', '     1.0 s  medium'].join('\n')
  )
})
