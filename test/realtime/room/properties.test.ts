import fc from 'fast-check'
import t from 'tap'
import { rules } from '../../../realtime/room/rules.ts'
import { stories } from './moves.ts'
import { properties } from './properties.ts'

const numRuns = Number(process.env.PROPERTY_RUNS ?? 1000)
t.setTimeout(30_000 + numRuns * 200)

for (const { name, holds } of properties) {
  t.test(name, async t => {
    const { failed, seed, counterexamplePath, errorInstance } = fc.check(
      fc.property(stories, story => holds(story, rules)),
      { numRuns }
    )
    if (failed) {
      t.fail(
        `seed ${seed}, path ${counterexamplePath}: ${errorInstance instanceof Error ? errorInstance.message : String(errorInstance)}`
      )
    } else t.pass(`in ${numRuns} shows`)
  })
}
