import t from 'tap'
import { createReadiness } from '../../../../plugins/app/operations/readiness.ts'

t.test(
  'the log reports once that a dependency is unavailable, with the reason, and once that it is available again',
  async t => {
    const lines: unknown[] = []
    const log = (fields: unknown, message?: unknown) => {
      lines.push([message, fields])
    }
    let nowMs = 0
    const readiness = createReadiness({ warn: log, info: log }, () => (nowMs += 1000))
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

t.test('a dependency is asked once a second, however often and by how many the server is asked', async t => {
  let nowMs = 0
  const answers: PromiseWithResolvers<void>[] = []
  const readiness = createReadiness({ warn() {}, info() {} }, () => nowMs)
  readiness.add('storage', async () => {
    const answer = Promise.withResolvers<void>()
    answers.push(answer)
    await answer.promise
  })
  const asked = Array.from({ length: 100 }, async () => await readiness.reasons())
  t.equal(answers.length, 1, 'requests at the same time share a check')
  answers[0]!.reject(new Error('down'))
  t.same(new Set((await Promise.all(asked)).flat()), new Set(['storage']))
  nowMs = 999
  t.same(await readiness.reasons(), ['storage'])
  t.equal(answers.length, 1)
  readiness.startDraining()
  t.same(await readiness.reasons(), ['draining', 'storage'], 'draining is known at once')
  nowMs = 1000
  const next = readiness.reasons()
  t.equal(answers.length, 2)
  answers[1]!.resolve()
  t.same(await next, ['draining'])
})

t.test('a server stays ready without an optional dependency', async t => {
  const readiness = createReadiness({ warn() {}, info() {} })
  readiness.add('storage', async () => {})
  readiness.addOptional('redis', async () => await Promise.reject(new Error('down')))
  t.same(await readiness.reasons(), [])
  t.same(await readiness.degraded(), ['redis'])
  t.same(readiness.dependencies(), ['storage', 'redis'])
})
