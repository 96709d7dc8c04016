import pino from 'pino'
import t, { type Test } from 'tap'
import { Type } from 'typebox'
import { CodedError } from '../../../contract/errors.ts'
import { createValidation } from '../../../plugins/app/http/validation.ts'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import { createPeers } from '../../../realtime/cluster/create-peers.ts'
import { captureLog } from '../../captured-log.ts'
import { startMemoryHarness, startRedisHarness, type BusHarness } from './bus-harness.ts'
import { until } from './until.ts'

const { validator } = createValidation()
const Doubling = Type.Object({ n: Type.Integer() }, { additionalProperties: false })

function peersOn(bus: Bus) {
  const log = captureLog()
  const asked: unknown[] = []
  const dropped: string[] = []
  const peers = createPeers({
    bus,
    compile: schema => validator.compile(schema),
    logger: pino({ level: 'info' }, log.stream),
    monotonicMs: () => performance.now(),
    observer: { onAsked: (kind, code) => asked.push([kind, code]), onDropped: reason => dropped.push(reason) }
  })
  return { bus, peers, log, asked, dropped }
}

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => t.fail('expected a rejection'),
    (error: unknown) => error
  )

async function twoNodes(harness: BusHarness) {
  return [peersOn(await harness.join('a')), peersOn(await harness.join('b'))] as const
}

t.jobs = 4

for (const [name, start] of [
  ['memory', startMemoryHarness],
  ['redis', startRedisHarness]
] as const) {
  t.test(`${name}: a question is answered with a value or the error of its handler`, async (t: Test) => {
    const [a, b] = await twoNodes(await start(t))
    const from: string[] = []
    b.peers.answer('double', Doubling, async ({ n }, asker) => {
      from.push(asker)
      return { twice: n * 2 }
    })
    b.peers.answer('nothing', Doubling, async () => undefined)
    const refusal = new CodedError('RATE_LIMITED', 'Too many.', {
      retryAfterMs: 70,
      issues: [{ path: '/n', message: 'm' }]
    })
    b.peers.answer('refuse', Doubling, async () => await Promise.reject(refusal))
    b.peers.answer('break', Doubling, async () => await Promise.reject(new Error('a secret of b')))
    const ask = async (kind: string, body: unknown = { n: 4 }) => await a.peers.ask(b.bus.nodeId, kind, body, 3000)

    t.same(await ask('double'), { twice: 8 })
    t.same(from, [a.bus.nodeId])
    t.equal(await ask('nothing'), undefined)
    const refused = await rejection(ask('refuse'))
    t.ok(refused instanceof CodedError)
    t.match(refused, { code: 'RATE_LIMITED', message: 'Too many.', retryAfterMs: 70, issues: refusal.issues })
    const failed = await rejection(ask('break'))
    t.match(failed, { code: 'INTERNAL', message: /^Something failed on our side/ })
    t.match(b.log.text(), 'a secret of b', 'it is logged where it happened')
    t.notMatch(a.log.text(), 'a secret of b')
    t.match(await rejection(ask('double', { n: 'four' })), { code: 'VALIDATION', issues: [{ path: '/n' }] })
    t.match(await rejection(ask('unheard of')), { code: 'VALIDATION' })
    await rejection(ask('unheard of'))
    t.same(b.dropped, ['body does not fit', 'unknown kind', 'unknown kind'])
    t.equal(
      b.log
        .text()
        .split('\n')
        .filter(line => line.includes('unknown kind')).length,
      1,
      'logged once'
    )
    t.same(a.asked.slice(0, 3), [
      ['double', null],
      ['nothing', null],
      ['refuse', 'RATE_LIMITED']
    ])
    t.throws(() => b.peers.answer('double', Doubling, async () => null), 'a kind has one handler')
  })

  t.test(`${name}: a question without an answer fails at its deadline, and at once when the node is lost`, async t => {
    const [a, b] = await twoNodes(await start(t))
    b.peers.answer('sleep', Doubling, async () => await new Promise(() => {}))
    const ask = async (timeoutMs: number) => await a.peers.ask(b.bus.nodeId, 'sleep', { n: 1 }, timeoutMs)
    t.match(await rejection(ask(100)), { code: 'UNAVAILABLE' })
    t.match(await rejection(a.peers.ask('nobody', 'sleep', { n: 1 }, 60_000)), { code: 'UNAVAILABLE' })
    await new Promise(resolve => setTimeout(resolve, 600))
    const waiting = rejection(ask(60_000))
    await new Promise(resolve => setTimeout(resolve, 50))
    const closedMs = performance.now()
    await b.bus.close()
    t.match(await waiting, { code: 'UNAVAILABLE' })
    t.ok(performance.now() - closedMs < 1000)
    const last = rejection(a.peers.ask(a.bus.nodeId, 'sleep', {}, 60_000))
    a.peers.close()
    t.match(await last, { code: 'UNAVAILABLE' })
  })
}

t.test('questions of one node are handled in order, each once, and foreign messages are dropped', async t => {
  const harness = await startMemoryHarness(t)
  const a = await harness.join('a')
  const b = peersOn(await harness.join('b'))
  const handled: number[] = []
  b.peers.answer('note', Doubling, async ({ n }) => handled.push(n))
  const answers: unknown[] = []
  a.onMessage(message => answers.push(JSON.parse(message)))
  const question = (n: number) => JSON.stringify({ v: 1, id: `${a.nodeId}:${n}`, kind: 'note', body: { n } })
  for (const n of [1, 2, 2, 1, 3]) await a.send(b.bus.nodeId, question(n))
  await until(() => answers.length === 3)
  t.same(handled, [1, 2, 3], 'repeated questions are ignored')
  t.match(answers[0], { v: 1, re: `${a.nodeId}:1`, body: 1 })

  const foreign = [
    ['{', 'not readable'],
    ['null', 'not readable'],
    ['{"v":2,"id":"x:9","kind":"note","body":{"n":9}}', 'another version'],
    ['{"v":0.5}', 'another version'],
    ['{"v":1,"id":"x","kind":"note"}', 'not readable'],
    ['{"v":1,"id":"x:1","kind":7}', 'not readable'],
    ['{"v":1,"re":"x:1","error":{"code":"NO_SUCH","message":"m"}}', 'not readable'],
    ['{"v":1,"re":"x:1","error":"text"}', 'not readable']
  ] as const
  for (const [message] of foreign) await a.send(b.bus.nodeId, message)
  await a.send(b.bus.nodeId, '{"v":1,"re":"unknown:1","body":1}')
  await until(() => b.dropped.length === foreign.length)
  t.same(
    b.dropped,
    foreign.map(([, reason]) => reason)
  )
  t.equal(b.log.text().trim().split('\n').length, 2, 'each reason is logged once')
  t.same(handled, [1, 2, 3])
})
