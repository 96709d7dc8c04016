import t, { type Test } from 'tap'
import { Deposed, type Bus } from '../../../realtime/cluster/bus.ts'
import { maxMessageLength } from '../../../realtime/cluster/bus-errors.ts'
import { nodeTtlMs } from '../../../realtime/cluster/bus-times.ts'
import { startMemoryHarness, startRedisHarness, type BusHarness } from './bus-harness.ts'
import { until, wait } from './until.ts'

const unavailable = { code: 'UNAVAILABLE' }
const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n))

function collect(listen: (handler: (text: string) => void) => unknown): string[] {
  const heard: string[] = []
  listen(text => heard.push(text))
  return heard
}

async function untilClaimed(bus: Bus, showId: string): Promise<void> {
  await until(async () => {
    const home = await bus.claim(showId).catch(() => null)
    return home?.nodeId === bus.nodeId
  })
}

t.jobs = 2

for (const [name, start] of [
  ['memory', startMemoryHarness],
  ['redis', startRedisHarness]
] as const) {
  t.test(name, async t => {
    // Most of their time is waiting.
    t.jobs = 5
    const test = (title: string, run: (t: Test, harness: BusHarness) => Promise<void>) =>
      t.test(title, async t => await run(t, await start(t)))

    test('nodes know each other, and hear at once of one that leaves', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      const lost = collect(handler => a.onNodeLost(handler))
      const left: boolean[] = []
      a.onNodeLost((_nodeId, hasLeft) => left.push(hasLeft))
      b.update({ isDraining: true, load: 3 })
      await until(async () => (await a.nodes()).some(({ nodeId, isDraining }) => nodeId === b.nodeId && isDraining))
      t.same(
        (await a.nodes()).toSorted((one, other) => one.nodeId.localeCompare(other.nodeId)),
        [
          { nodeId: a.nodeId, address: '127.0.0.1', isDraining: false, load: 0 },
          { nodeId: b.nodeId, address: '127.0.0.1', isDraining: true, load: 3 }
        ]
      )
      await b.claim('show')
      await until(async () => (await a.findHome('show')) !== null)
      // A node has to have been seen before it can be missed.
      await wait(600)
      await b.close()
      await until(() => lost.length > 0, 400)
      t.same(lost, [b.nodeId])
      t.same(left, [true])
      t.same(
        (await a.nodes()).map(({ nodeId }) => nodeId),
        [a.nodeId]
      )
      t.equal(await a.findHome('show'), null, 'the home of a node that left is none')
      t.same(await a.claim('show'), { nodeId: a.nodeId, token: 0 }, 'its claims are free at once')
      await t.rejects(b.claim('show'), unavailable)
      await t.rejects(a.send(b.nodeId, 'hello'), unavailable)
    })

    test('a claim has one holder, and its token only rises', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      const claims = await Promise.all([a.claim('show'), b.claim('show'), a.claim('show')])
      const [{ nodeId }] = claims
      t.same(new Set(claims.map(home => home.nodeId)), new Set([nodeId]), 'one of them is the holder')
      const [home, other] = nodeId === a.nodeId ? [a, b] : [b, a]
      t.ok(await home.assert('show', 7))
      t.ok(await home.assert('show', 7), 'asserting what is stored is no failure')
      t.same(await other.findHome('show'), { nodeId, token: 7 })
      t.notOk(await other.assert('show', 7), 'the token of another node')
      t.notOk(await home.assert('show', 6))
      await home.release('show', 6)
      t.same(await home.findHome('show'), { nodeId, token: 7 }, 'another token is not given up')
      await other.release('show', 7)
      t.same(await home.findHome('show'), { nodeId, token: 7 }, 'nor the claim of another node')
      t.ok(await other.assert('show', 9), 'a higher token wins')
      t.notOk(await home.assert('show', 7))
      await other.release('show', 9)
      t.equal(await home.findHome('show'), null)
      t.same(await home.claim('show'), { nodeId, token: 0 })
    })

    test('a new home does not take a show from a living node', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      await a.claim('show')
      t.notOk(await b.take('show', 5), 'b was slow: a has claimed the show meanwhile')
      t.same(await b.findHome('show'), { nodeId: a.nodeId, token: 0 })
      t.ok(await a.take('show', 6))
      t.same(await b.findHome('show'), { nodeId: a.nodeId, token: 6 })
      t.notOk(await a.take('show', 5), 'a lower token')
      await a.close()
      t.ok(await b.take('show', 7), 'the claim of a node that left')
      t.ok(await b.take('another', 1), 'a claim that was lost')
      t.same(await b.findHome('another'), { nodeId: b.nodeId, token: 1 })
    })

    test('messages arrive once and in order, from each sender', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      const c = await join('c')
      await a.send(b.nodeId, 'before the receiver is bound')
      const heard = collect(handler => b.onMessage(handler))
      await Promise.all(numbers(300).flatMap(n => [a.send(b.nodeId, `a${n}`), c.send(b.nodeId, `c${n}`)]))
      await b.send(b.nodeId, 'to itself ✓')
      await until(() => heard.length === 602)
      t.equal(heard[0], 'before the receiver is bound')
      t.equal(heard.at(-1), 'to itself ✓')
      for (const sender of ['a', 'c']) {
        t.same(
          heard.filter(text => text.startsWith(sender)),
          numbers(300).map(n => sender + n)
        )
      }
      await t.rejects(a.send('nobody', 'hello'), unavailable)
      await t.rejects(a.send(b.nodeId, 'x'.repeat(maxMessageLength + 1)), { code: 'PAYLOAD_TOO_LARGE' })
    })

    test('messages, entries and announcements survive a cut of 2 s, once and in order', async (t, harness) => {
      const a = await harness.join('a')
      const b = await harness.join('b')
      await a.claim('show')
      const messages = collect(handler => b.onMessage(handler))
      const entries: string[] = []
      await b.follow('show', entry => entries.push(entry))
      const announced = collect(handler => b.onAnnounced(handler))
      for (const n of numbers(60)) {
        if (n === '20') await harness.cut(b)
        if (n === '40') await wait(1900)
        if (n === '40') await harness.restore(b)
        await Promise.all([a.send(b.nodeId, n), a.publish('show', 0, n), a.announce(n)])
      }
      await until(() => messages.length === 60 && entries.length === 60 && announced.length === 60)
      t.same(messages, numbers(60))
      t.same(entries, numbers(60))
      t.same(announced, numbers(60))
      await until(() => b.isSure())
    })

    test('only the holder of the claim publishes, and followers read what comes after', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      await t.rejects(a.publish('show', 0, 'early'), unavailable, 'nobody holds the claim')
      await a.claim('show')
      await a.assert('show', 5)
      await a.publish('show', 5, 'before')
      const heard: string[] = []
      const alsoHeard: string[] = []
      const unfollow = await b.follow('show', entry => heard.push(entry))
      await Promise.all(numbers(20).map(n => a.publish('show', 5, n)))
      await until(() => heard.length === 20)
      await b.follow('show', entry => alsoHeard.push(entry))
      await t.rejects(b.publish('show', 5, 'foreign'), Deposed)
      await t.rejects(a.publish('show', 4, 'old'), Deposed)
      await a.publish('show', 5, 'both')
      await until(() => heard.length === 21 && alsoHeard.length === 1)
      t.same(heard, [...numbers(20), 'both'])
      t.same(alsoHeard, ['both'])
      t.same(await b.tail('show'), ['before', ...numbers(20), 'both'])
      unfollow()
      await a.publish('show', 5, 'last')
      await until(() => alsoHeard.length === 2)
      t.equal(heard.length, 21, 'no entry after it was left')
      await b.forget('show', 5)
      t.equal((await a.tail('show')).length, 23, 'only the holder forgets a show')
      await a.forget('show', 5)
      t.same(await a.tail('show'), [])
      t.equal(await b.findHome('show'), null)
      await b.claim('show')
      await b.publish('show', 0, 'anew')
      await until(() => alsoHeard.length === 3)
      t.equal(alsoHeard.at(-1), 'anew', 'followers of a forgotten show read on')
    })

    test('a channel reaches the nodes that listen now, but not its sender', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      const own = collect(handler => a.listen('levels', handler))
      const heard: string[] = []
      const stop = b.listen('levels', text => heard.push(text))
      const others = collect(handler => b.listen('other', handler))
      await until(() => {
        a.cast('levels', 'x')
        return heard.length > 0
      })
      await wait(50)
      stop()
      await wait(50)
      const { length } = heard
      a.cast('levels', 'late')
      await wait(100)
      t.equal(heard.length, length)
      t.same(own, [])
      t.same(others, [])
    })

    test('announcements reach the other nodes, from their start on', async (t, { join }) => {
      const a = await join('a')
      await a.announce('before b')
      const b = await join('b')
      await a.announce('1')
      await b.announce('of b')
      const heard = collect(handler => b.onAnnounced(handler))
      const own = collect(handler => a.onAnnounced(handler))
      await a.announce('2')
      await until(() => heard.length === 2 && own.length === 1)
      t.same(heard, ['1', '2'])
      t.same(own, ['of b'])
    })

    test('a node that is cut off fails fast, is not sure after 2 s, and is replaced after 3.5 s', async (t, harness) => {
      const a = await harness.join('a')
      const b = await harness.join('b')
      const lostByA = collect(handler => a.onNodeLost(handler))
      const left: boolean[] = []
      a.onNodeLost((_nodeId, hasLeft) => left.push(hasLeft))
      const lostByB = collect(handler => b.onNodeLost(handler))
      let reconnected = 0
      b.onReconnected(() => reconnected++)
      await b.claim('show')
      await b.assert('show', 3)
      await a.claim('of a')
      t.ok(b.isSure())
      await wait(600)
      await harness.cut(b)
      const startedMs = performance.now()
      const attempts: Promise<unknown>[] = [
        b.claim('x'),
        b.assert('x', 1),
        b.release('x', 1),
        b.findHome('x'),
        b.send(a.nodeId, 'x'),
        b.publish('x', 1, 'x'),
        b.follow('x', () => {}),
        b.tail('x'),
        b.forget('x', 1),
        b.announce('x'),
        b.nodes()
      ]
      for (const result of await Promise.allSettled(attempts)) t.match(result, { reason: unavailable })
      b.cast('channel', 'is lost')
      t.ok(performance.now() - startedMs < 1500, 'within the time of one command')
      await wait(2100 - (performance.now() - startedMs))
      t.notOk(b.isSure())
      t.equal((await a.claim('show')).nodeId, b.nodeId, 'the others still take it for alive')
      await until(() => lostByA.length > 0, 2500)
      t.same(lostByA, [b.nodeId])
      t.same(left, [false])
      t.same(await a.claim('show'), { nodeId: a.nodeId, token: 3 }, 'the token of a dead node is kept')
      t.equal(reconnected, 0)
      await harness.restore(b)
      await until(() => reconnected > 0)
      t.ok(b.isSure())
      t.same(await b.claim('show'), { nodeId: a.nodeId, token: 3 }, 'it learns who holds the claim now')
      t.same(await b.claim('of a'), { nodeId: a.nodeId, token: 0 })
      await t.rejects(b.claim('nobody has it'), unavailable, 'it claims nothing soon after it is back')
      await t.rejects(b.publish('show', 3, 'x'), Deposed)
      await untilClaimed(b, 'nobody has it')
      t.equal(reconnected, 1)
      t.same(lostByB, [])
    })

    test('after a restart without data, homes assert again before anybody claims', async (t, harness) => {
      const a = await harness.join('a')
      const b = await harness.join('b')
      const lost: string[] = []
      for (const bus of [a, b]) bus.onNodeLost(nodeId => lost.push(nodeId))
      const messages = collect(handler => b.onMessage(handler))
      const entries: string[] = []
      await b.follow('show', entry => entries.push(entry))
      const announced = collect(handler => b.onAnnounced(handler))
      await a.claim('show')
      await a.assert('show', 4)
      await a.publish('show', 4, '1')
      await a.send(b.nodeId, '1')
      await a.announce('1')
      await until(() => messages.length === 1 && entries.length === 1 && announced.length === 1)
      let returned = 0
      a.onReconnected(() => returned++)
      b.onReconnected(() => returned++)
      await harness.restartEmpty()
      const restartedMs = performance.now()
      await until(() => returned === 2, 3000)
      await t.rejects(b.claim('show'), unavailable, 'nobody claims what its home has not asserted yet')
      await t.rejects(a.publish('show', 4, 'lost'), unavailable)
      t.ok(await a.assert('show', 4))
      t.same(await b.claim('show'), { nodeId: a.nodeId, token: 4 })
      await a.publish('show', 4, '2')
      await a.send(b.nodeId, '2')
      await a.announce('2')
      await until(() => messages.length === 2 && entries.length === 2 && announced.length === 2)
      t.same(
        [messages, entries, announced],
        [
          ['1', '2'],
          ['1', '2'],
          ['1', '2']
        ]
      )
      await untilClaimed(b, 'another')
      t.ok(performance.now() - restartedMs > nodeTtlMs - 500)
      await wait(700)
      t.same(lost, [], 'nobody was lost')
    })

    test('the nodes share a clock that never steps back', async (t, { join }) => {
      const a = await join('a')
      const b = await join('b')
      let last = 0
      for (let i = 0; i < 300; i++) {
        const nowMs = a.nowMs()
        if (nowMs < last) t.fail('stepped back')
        last = nowMs
        if (i % 30 === 0) await wait(20)
      }
      t.ok(Number.isInteger(last))
      t.ok(Math.abs(a.nowMs() - b.nowMs()) < 50)
      t.ok(Math.abs(a.nowMs() - Date.now()) < 1000)
    })
  })
}
