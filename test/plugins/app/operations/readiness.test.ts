import t from 'tap'
import { createReadiness } from '../../../../plugins/app/operations/readiness.ts'

t.test(
  'the log reports once that a dependency is unavailable, with the reason, and once that it is available again',
  async t => {
    const lines: unknown[] = []
    const log = (fields: unknown, message?: unknown) => {
      lines.push([message, fields])
    }
    const readiness = createReadiness({ warn: log, info: log })
    const reason = new Error('refused')
    let isDown = false
    readiness.add('storage', async () => {
      if (isDown) throw reason
    })
    t.same(await readiness.reasons(), [])
    isDown = true
    t.same(await readiness.reasons(), ['storage'])
    t.same(await readiness.reasons(), ['storage'])
    isDown = false
    t.same(await readiness.reasons(), [])
    t.same(lines, [
      ['dependency unavailable', { err: reason, dependency: 'storage' }],
      ['dependency available again', { dependency: 'storage' }]
    ])
    readiness.startDraining()
    t.same(await readiness.reasons(), ['draining'])
  }
)
