import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createAmbient, type ShowRoom } from '../../client/index.ts'
import { createFakeWebRtc } from '../client/fake-audio.ts'
import { waitForView } from '../client/test-client.ts'
import { goLive, grantFloor, joinShow, type TestUser } from '../users.ts'
import { until } from '../realtime/real-app.ts'
import { noLimits } from '../realtime/cluster/acknowledged.ts'
import { startRealNodes } from '../realtime/cluster/real-nodes.ts'
import type { ServerProcess } from '../server-process.ts'
import { checkFigure } from './figures.ts'
import { startFront } from './front.ts'
import { repetitions } from './repetitions.ts'

const fault = 'kill -9 of an edge'
/** The time after the kill at which nobody of the killed node may be left, ms. */
const ghostsGoneMs = 15_000

interface Nodes {
  readonly home: ServerProcess
  readonly killed: ServerProcess
  readonly other: ServerProcess
  /** Leads to the killed node while it is there, else to the other one. */
  readonly front: string
}

/** Joins with the SDK, which connects again by itself. */
async function joinWithSdk(url: string, showId: string, name: string): Promise<ShowRoom> {
  const ambient = createAmbient({ url, handlerFactory: createFakeWebRtc().handlerFactory })
  await ambient.account.signIn(name)
  const room = ambient.joinShow(showId)
  await waitForView(room, ({ connection }) => connection === 'live')
  return room
}

async function memberIds(url: string, { token }: TestUser, showId: string): Promise<string[]> {
  const response = await fetch(`${url}/v1/shows/${showId}/members`, { headers: { authorization: `Bearer ${token}` } })
  const { items } = (await response.json()) as { items: { id: string }[] }
  return items.map(({ id }) => id).toSorted()
}

/** One show whose home stays while the node of some of its members is killed. */
async function killOnce(t: Test, { home, killed, other, front }: Nodes) {
  const { creator, client: host, showId } = await goLive(home.url)
  const cohost = await joinWithSdk(front, showId, 'Co-host')
  const waiting = await joinWithSdk(front, showId, 'Waiting')
  const stays = await joinShow(other.url, showId)
  const gone = await joinShow(killed.url, showId)
  const goneSpeaker = await joinShow(killed.url, showId)
  await grantFloor(host, goneSpeaker.client)
  const cohostId = cohost.view.me.userId
  await host.request('speak:invite', { userId: cohostId })
  await waitForView(cohost, ({ me }) => me.speak === 'invited')
  await cohost.answerInvitation(true)
  await host.request('cohost:set', { userId: cohostId, cohost: true })
  await waitForView(cohost, ({ me }) => me.role === 'cohost' && me.speak === 'granted')
  await stays.client.request('speak:request', { reason: 'first' })
  await waiting.requestFloor('second')
  await waitForView(waiting, ({ me }) => me.position === 2)

  const killedAt = performance.now()
  const since = () => performance.now() - killedAt
  killed.kill('SIGKILL')
  const dropped = (async () => {
    await host.waitForEvent('stage:suspended', event => 'userId' in event && event.userId === goneSpeaker.user.id)
    await until(async () => !(await memberIds(home.url, creator, showId)).includes(gone.user.id))
    return since()
  })()
  const back = Promise.all(
    [cohost, waiting].map(async room => {
      await waitForView(room, ({ connection }) => connection === 'reconnecting')
      await waitForView(room, ({ connection }) => connection === 'live')
      return since()
    })
  )
  const [droppedMs, backMs] = await Promise.all([dropped, back])
  t.match(cohost.view.me, { role: 'cohost', speak: /granted|suspended/ }, 'the co-host is back with role and floor')
  t.equal(waiting.view.me.position, 2, 'the other is back with the place in the queue')

  /** Counts the people who are still listed and have no right to be. */
  async function countGhosts(): Promise<number> {
    await pause(ghostsGoneMs - since())
    const present = new Set([creator.id, stays.user.id, cohostId, waiting.view.me.userId])
    const lists = await Promise.all([home, other].map(async ({ url }) => await memberIds(url, creator, showId)))
    const { snapshot } = await stays.client.request('show:resync', {})
    const known = [...lists.flat(), ...snapshot.stage.map(({ userId }) => userId)]
    t.ok(lists.every(ids => [...present].every(id => ids.includes(id))))
    t.equal(snapshot.listenerCount, present.size - 1)
    await Promise.all([cohost.leave(), waiting.leave()])
    await creator.rest('POST', `/v1/shows/${showId}/end`)
    for (const client of [host, stays.client]) client.disconnect()
    return known.filter(id => !present.has(id)).length
  }
  return { droppedMs, backMs, ghosts: countGhosts() }
}

t.setTimeout(600_000)

t.test('people of a killed edge come back elsewhere', async t => {
  const settings = { ...noLimits, SPEAKER_GRACE_MS: '9000' }
  const { nodes } = await startRealNodes(t, { count: 3, settings })
  const [home, killed, other] = nodes
  const front = await startFront(t, [killed!.url, other!.url])
  const droppedMs: number[] = []
  const backMs: number[] = []
  const ghosts: Promise<number>[] = []
  for (let n = 0; n < repetitions; n++) {
    const result = await killOnce(t, { home: home!, killed: killed!, other: other!, front })
    droppedMs.push(result.droppedMs)
    backMs.push(...result.backMs)
    // While the next show begins: it has other members.
    ghosts.push(result.ghosts)
    await killed!.restart()
  }
  checkFigure(t, { fault, what: 'its members are dropped, ms', samples: droppedMs, limit: 4100 })
  checkFigure(t, { fault, what: 'a member is back with role and place, ms', samples: backMs, limit: 10_000 })
  checkFigure(t, { fault, what: 'members left 15 s later that are gone', samples: await Promise.all(ghosts), limit: 0 })
})
