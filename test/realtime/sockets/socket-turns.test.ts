import t from 'tap'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'
import { createSocketTurns } from '../../../realtime/sockets/socket-turns.ts'

const socket = () => ({}) as AmbientSocket

t.test('the tasks of a socket run one after the other, also after one that fails', async t => {
  const inTurn = createSocketTurns()
  const one = socket()
  const steps: string[] = []
  const task =
    (name: string, fails = false) =>
    async () => {
      steps.push(`${name} begins`)
      await new Promise(resolve => setImmediate(resolve))
      steps.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const results = await Promise.allSettled([
    inTurn(one, task('a', true)),
    inTurn(one, task('b')),
    inTurn(one, task('c'))
  ])
  t.match(results, [
    { status: 'rejected', reason: { message: 'a' } },
    { status: 'fulfilled', value: 'b' },
    { status: 'fulfilled', value: 'c' }
  ])
  t.same(steps, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  t.equal(await inTurn(one, task('d')), 'd')
})

t.test('sockets do not wait for each other', async t => {
  const inTurn = createSocketTurns()
  const never = new Promise<void>(() => {})
  inTurn(socket(), async () => await never)
  t.equal(await inTurn(socket(), async () => 'done'), 'done')
})
