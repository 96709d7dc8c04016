import t from 'tap'
import { createDrain } from '../../plugins/app/operations/drain.ts'
import { drain as drainTargets, type DrainTarget } from '../../realtime/sockets/drain.ts'
import type { Show } from '../../contract/shows.ts'
import { goLive, signIn } from '../users.ts'
import { tryHandshake, startApp } from './real-app.ts'

interface Disconnection {
  name: string
  afterMs: number
  reconnectAfterMs: number
}

/** Creates clients to disconnect, and a simulated clock that only `wait` advances. */
function createClients(listeners: number, onStage: number) {
  const disconnections: Disconnection[] = []
  let nowMs = 0
  let seed = 1
  const createClient = (name: string, isOnStage: boolean): DrainTarget => ({
    isOnStage,
    close: reconnectAfterMs => {
      disconnections.push({ name, afterMs: nowMs, reconnectAfterMs })
    }
  })
  return {
    disconnections,
    clients: [
      ...Array.from({ length: onStage }, (_, n) => createClient(`stage ${n}`, true)),
      ...Array.from({ length: listeners }, (_, n) => createClient(`listener ${n}`, false))
    ],
    clock: {
      random: () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647,
      wait: async (ms: number) => {
        nowMs += ms
      }
    }
  }
}

/** Returns how often the most frequent number occurs. */
const maxFrequency = (numbers: Iterable<number>) => {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return Math.max(...counts.values())
}

t.test(
  'thousands of clients disconnect and reconnect gradually; the stage disconnects last and reconnects first',
  async t => {
    const { disconnections, clients, clock } = createClients(4000, 4)
    await drainTargets(clients, 10_000, { clock })
    t.equal(new Set(disconnections.map(({ name }) => name)).size, 4004, 'each client is disconnected once')
    t.ok(maxFrequency(disconnections.map(({ afterMs }) => afterMs)) <= 21, 'at most 21 at a time')
    t.ok(Math.max(...disconnections.map(({ afterMs }) => afterMs)) <= 10_000)
    t.same(
      new Set(disconnections.slice(-4).map(({ name }) => name.split(' ')[0])),
      new Set(['stage']),
      'the stage disconnects last'
    )
    t.same(
      new Set(disconnections.slice(-4).map(({ reconnectAfterMs }) => reconnectAfterMs)),
      new Set([1000]),
      'the stage reconnects first'
    )
    const back = disconnections
      .slice(0, -4)
      .map(({ afterMs, reconnectAfterMs }) => Math.floor((afterMs + reconnectAfterMs) / 100))
    t.ok(maxFrequency(back) <= 100, `at most ${maxFrequency(back)} of 4,000 in a tenth of a second`)
  }
)

t.test('a few clients disconnect at once, and without clients the drain does not wait', async t => {
  const few = createClients(5, 1)
  await drainTargets(few.clients, 10_000, { clock: few.clock })
  t.equal(Math.max(...few.disconnections.map(({ afterMs }) => afterMs)), 0)
  t.ok(
    new Set(few.disconnections.map(({ reconnectAfterMs }) => reconnectAfterMs)).size > 3,
    'the times to reconnect differ'
  )
  await drainTargets([], 10_000, {
    clock: { random: () => 0, wait: async () => t.fail('waited without clients') }
  })
})

t.test('where another server takes them, a few clients reconnect at once', async t => {
  const { disconnections, clients, clock } = createClients(20, 4)
  await drainTargets(clients, 10_000, { clock, isElsewhere: true })
  t.equal(disconnections.length, 24)
  t.same(new Set(disconnections.slice(-4).map(({ reconnectAfterMs }) => reconnectAfterMs)), new Set([50]))
  t.ok(Math.max(...disconnections.map(({ reconnectAfterMs }) => reconnectAfterMs)) <= 100)
})

t.test('a short deadline is kept with 100,000 clients', async t => {
  const { disconnections, clients, clock } = createClients(100_000, 0)
  await drainTargets(clients, 500, { clock })
  t.equal(disconnections.length, 100_000)
  t.ok(Math.max(...disconnections.map(({ afterMs }) => afterMs)) <= 500)
})

t.test('a drain reports not ready, waits, and then disconnects the clients', async t => {
  const steps: string[] = []
  const drain = createDrain({
    announce: () => {
      steps.push('not ready')
    },
    deadlineMs: 30_000,
    wait: async ms => steps.push(`waited ${ms}`)
  })
  await drain.run()
  drain.bind({
    count: () => 1,
    sendAway: async withinMs => {
      steps.push(`away within ${withinMs}`)
    }
  })
  await drain.run()
  t.same(steps, ['not ready', 'not ready', 'waited 1000', 'away within 10000'])
})

t.test('a draining server is not ready, starts no show, refuses new sockets, and serves connected ones', async t => {
  const { app, url } = await startApp(t)
  const { client, showId } = await goLive(url)
  const listener = await (await signIn(url, 'Listener')).connect()
  const other = await signIn(url, 'Another creator')
  const { id } = await other.rest<Show>('POST', '/v1/shows', { title: 'Too late' })
  let endWait: () => void = () => {}
  const held = new Promise<void>(resolve => {
    endWait = resolve
  })
  const drain = createDrain({
    announce: () => app.readiness.startDraining(),
    deadlineMs: 30_000,
    wait: async () => await held
  })
  drain.bind({ count: () => 1, sendAway: async () => {} })
  const drained = drain.run()

  const ready = await fetch(`${url}/readyz`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { reasons: ['draining'] })
  t.equal((await fetch(`${url}/healthz`)).status, 200, 'a draining server stays healthy')
  await t.rejects(other.rest('POST', `/v1/shows/${id}/start`), /503.*UNAVAILABLE/)
  t.equal((await other.rest<Show>('GET', `/v1/shows/${id}`)).status, 'scheduled')
  await t.rejects(tryHandshake(url, { token: other.token }), 'the connection is answered 503')
  t.equal((await listener.join(showId)).status, 'live', 'a connected socket may still join a show')
  t.match(await listener.requestRaw('comment:send', { clientId: 'a', text: 'Still here' }), { ok: true })
  t.match(await client.requestRaw('show:announce', { text: 'We are back in a moment' }), { ok: true })
  endWait()
  await drained
})
