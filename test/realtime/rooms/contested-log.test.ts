import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import { contestedLog, contestedLogName } from './contested-log.ts'

const numRuns = runsOf(300, 1000)
t.setTimeout(30_000 + numRuns * 200)

t.test(contestedLogName, async t => {
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(contestedLog('ordered'), { numRuns })
  if (failed) t.fail(`seed ${seed}, path ${counterexamplePath}: ${String(errorInstance)}`)
  else t.pass(`in ${numRuns} contests`)
})

t.test('a database that inserts out of order fails the property', async t => {
  const { failed, errorInstance } = await fc.check(contestedLog('unordered'), { numRuns, endOnFailure: true })
  t.ok(failed)
  t.match(String(errorInstance), /wrote|acknowledged|hole/)
})
