import t from 'tap'
import { createDrain } from '../../plugins/app/operations/drain.ts'
import { drain as drainTargets, type DrainTarget } from '../../realtime/sockets/drain.ts'
import type { Show } from '../../contract/shows.ts'
import { goLive, signIn } from '../users.ts'
import { knock, startApp } from './real-app.ts'

interface Goodbye {
  name: string
  afterMs: number
  reconnectAfterMs: number
}

/** Who would be sent away, and a clock that goes only when it is waited on. */
function crowdOf(listeners: number, onStage: number) {
  const goodbyes: Goodbye[] = []
  let nowMs = 0
  let seed = 1
  const leaver = (name: string, isOnStage: boolean): DrainTarget => ({
    isOnStage,
    close: reconnectAfterMs => {
      goodbyes.push({ name, afterMs: nowMs, reconnectAfterMs })
    }
  })
  return {
    goodbyes,
    leavers: [
      ...Array.from({ length: onStage }, (_, n) => leaver(`stage ${n}`, true)),
      ...Array.from({ length: listeners }, (_, n) => leaver(`listener ${n}`, false))
    ],
    clock: {
      random: () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647,
      wait: async (ms: number) => {
        nowMs += ms
      }
    }
  }
}

const most = (numbers: Iterable<number>) => {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return Math.max(...counts.values())
}

t.test('thousands go little by little and come back little by little, the stage last and first', async t => {
  const { goodbyes, leavers, clock } = crowdOf(4000, 4)
  await drainTargets(leavers, 10_000, clock)
  t.equal(new Set(goodbyes.map(({ name }) => name)).size, 4004, 'everybody, once')
  t.ok(most(goodbyes.map(({ afterMs }) => afterMs)) <= 21, 'a few at a time')
  t.ok(Math.max(...goodbyes.map(({ afterMs }) => afterMs)) <= 10_000)
  t.same(
    new Set(goodbyes.slice(-4).map(({ name }) => name.split(' ')[0])),
    new Set(['stage']),
    'the stage is the last to go'
  )
  t.same(
    new Set(goodbyes.slice(-4).map(({ reconnectAfterMs }) => reconnectAfterMs)),
    new Set([1000]),
    'and the first to come back'
  )
  const back = goodbyes
    .slice(0, -4)
    .map(({ afterMs, reconnectAfterMs }) => Math.floor((afterMs + reconnectAfterMs) / 100))
  t.ok(most(back) <= 100, `at most ${most(back)} of 4,000 in a tenth of a second`)
})

t.test('few are gone at once, and nobody is no wait at all', async t => {
  const few = crowdOf(5, 1)
  await drainTargets(few.leavers, 10_000, few.clock)
  t.equal(Math.max(...few.goodbyes.map(({ afterMs }) => afterMs)), 0)
  t.ok(
    new Set(few.goodbyes.map(({ reconnectAfterMs }) => reconnectAfterMs)).size > 3,
    'also of a few each comes at a time of their own'
  )
  await drainTargets([], 10_000, { random: () => 0, wait: async () => t.fail('waited for nobody') })
})

t.test('a short deadline is kept, whoever is there', async t => {
  const { goodbyes, leavers, clock } = crowdOf(100_000, 0)
  await drainTargets(leavers, 500, clock)
  t.equal(goodbyes.length, 100_000)
  t.ok(Math.max(...goodbyes.map(({ afterMs }) => afterMs)) <= 500)
})

t.test('first it is said that the server is not ready, then a moment goes by, then people are sent away', async t => {
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

t.test(
  'while it drains the server names it, begins no show, lets in nobody new, and goes on for who is there',
  async t => {
    const { app, url } = await startApp(t)
    const { client, showId } = await goLive(url)
    const listener = await (await signIn(url, 'Listener')).connect()
    const other = await signIn(url, 'Another creator')
    const { id } = await other.rest<Show>('POST', '/v1/shows', { title: 'Too late' })
    let sendThem: () => void = () => {}
    const held = new Promise<void>(resolve => {
      sendThem = resolve
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
    t.equal((await fetch(`${url}/healthz`)).status, 200, 'it lives, and is not to be killed for it')
    await t.rejects(other.rest('POST', `/v1/shows/${id}/start`), /503.*UNAVAILABLE/)
    t.equal((await other.rest<Show>('GET', `/v1/shows/${id}`)).status, 'scheduled')
    t.match((await knock(url, { token: other.token })).refusal, { code: 'UNAVAILABLE', retryAfterMs: 1000 })
    t.equal((await listener.join(showId)).status, 'live', 'who is connected may still come into a show')
    t.match(await listener.requestRaw('comment:send', { clientId: 'a', text: 'Still here' }), { ok: true })
    t.match(await client.requestRaw('show:announce', { text: 'We are back in a moment' }), { ok: true })
    sendThem()
    await drained
  }
)
