import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import { rules } from '../../../realtime/room/rules.ts'
import { properties } from './properties.ts'
import { scenarios } from './scenarios.ts'

const numRuns = runsOf(200, 1000)
t.setTimeout(30_000 + numRuns * 200)

for (const { name, holds } of properties) {
  t.test(name, async t => {
    const { failed, seed, counterexamplePath, errorInstance } = fc.check(
      fc.property(scenarios, scenario => holds(scenario, rules)),
      { numRuns }
    )
    if (failed) {
      const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
      t.fail(`seed ${seed}, path ${counterexamplePath}: ${message}`)
    } else t.pass(`in ${numRuns} shows`)
  })
}
