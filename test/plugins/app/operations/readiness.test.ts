import t from 'tap'
import { createReadiness } from '../../../../plugins/app/operations/readiness.ts'

t.test('what is away is said once, with why, and so is that it is back', async t => {
  const said: unknown[] = []
  const log = (line: unknown, message?: unknown) => {
    said.push([message, line])
  }
  const readiness = createReadiness({ warn: log, info: log })
  const why = new Error('refused')
  let isAway = false
  readiness.add('storage', async () => {
    if (isAway) throw why
  })
  t.same(await readiness.reasons(), [])
  isAway = true
  t.same(await readiness.reasons(), ['storage'])
  t.same(await readiness.reasons(), ['storage'])
  isAway = false
  t.same(await readiness.reasons(), [])
  t.same(said, [
    ['dependency unavailable', { err: why, dependency: 'storage' }],
    ['dependency available again', { dependency: 'storage' }]
  ])
  readiness.startDraining()
  t.same(await readiness.reasons(), ['draining'])
})
