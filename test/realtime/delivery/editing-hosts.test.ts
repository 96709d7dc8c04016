import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { ServerPayload } from '../../../contract/server-events.ts'
import { editingTtlMs } from '../../../contract/playlist.ts'
import { ask, receivedBy, startNodes } from '../cluster/nodes.ts'
import type { FakeSocket } from '../live/fake-sockets.ts'
import { candidates, creator, listeners } from '../room/people.ts'
import { until } from '../real-app.ts'

type Editors = ServerPayload<'playlist:editors'>['editors']

/** Returns what a socket was last told about the other editors; undefined when it was told nothing. */
function editorsSeenBy(socket: FakeSocket): Editors | undefined {
  return socket.received
    .flatMap(message => (message.event === 'playlist:editors' ? [message.payload.editors] : []))
    .at(-1)
}

const summaryOf = (editors: Editors | undefined) =>
  editors?.map(({ person, itemId, action }) => [person.displayName, action, itemId])

/** Starts a show with its creator and a listener on one node, and a co-host on the same or another one. */
async function startShow(t: Test, { count = 1 } = {}) {
  const { nodes, showId } = await startNodes(t, { count })
  const last = nodes.at(-1)!
  const [host, listener, cohost] = [
    nodes[0]!.connect(creator),
    nodes[0]!.connect(listeners[0]),
    last.connect(candidates[0])
  ]
  for (const socket of [host, listener, cohost]) await ask(socket, 'show:join', { showId })
  await ask(host, 'cohost:set', { userId: candidates[0], cohost: true })
  await until(() => receivedBy(cohost).includes('cohost:changed'))
  return { nodes, showId, host, listener, cohost }
}

for (const count of [1, 2]) {
  t.test(`the other hosts see who edits what, on ${count} nodes`, async t => {
    const { nodes, host, listener, cohost } = await startShow(t, { count })
    await ask(host, 'playlist:editing', { itemId: 'item1', action: 'moving' })
    await until(() => editorsSeenBy(cohost)?.length === 1)
    t.same(editorsSeenBy(cohost), [
      {
        person: { id: creator, displayName: `Name of ${creator}`, avatarUrl: '/avatars/creator' },
        itemId: 'item1',
        action: 'moving'
      }
    ])
    t.same(editorsSeenBy(host), [], 'nobody sees their own edit')
    await ask(cohost, 'playlist:editing', { itemId: null, action: 'adding' })
    await until(() => editorsSeenBy(host)?.length === 1)
    t.same(summaryOf(editorsSeenBy(host)), [[`Name of ${candidates[0]}`, 'adding', null]])
    await ask(host, 'playlist:editing', { itemId: null, action: null })
    await until(() => editorsSeenBy(cohost)?.length === 0)
    t.same(summaryOf(editorsSeenBy(host)), [[`Name of ${candidates[0]}`, 'adding', null]], 'the other one goes on')
    t.equal(editorsSeenBy(listener), undefined, 'listeners are told nothing')
    t.same(
      nodes.flatMap(({ faults }) => faults),
      []
    )
  })

  t.test(`an edit ends with its connection, and with the role, on ${count} nodes`, async t => {
    const { host, cohost, showId, nodes } = await startShow(t, { count })
    await ask(cohost, 'playlist:editing', { itemId: 'item1', action: 'removing' })
    await until(() => editorsSeenBy(host)?.length === 1)
    cohost.disconnect()
    await until(() => editorsSeenBy(host)?.length === 0)

    const again = nodes.at(-1)!.connect(candidates[0])
    await ask(again, 'show:join', { showId })
    await ask(again, 'playlist:editing', { itemId: 'item1', action: 'removing' })
    await until(() => editorsSeenBy(host)?.length === 1)
    await ask(host, 'cohost:set', { userId: candidates[0], cohost: false })
    await until(() => editorsSeenBy(host)?.length === 0)
    await until(() => receivedBy(again).filter(event => event === 'cohost:changed').length === 1)
    t.match(await again.request('playlist:editing', { itemId: 'item1', action: 'moving' }), {
      error: { code: 'FORBIDDEN' }
    })
    t.same(editorsSeenBy(host), [])
  })
}

t.test('listeners, and people outside of the show, send no signs', async t => {
  const { nodes, host, listener } = await startShow(t)
  const sign = { itemId: 'item1', action: 'moving' } as const
  t.match(await listener.request('playlist:editing', sign), { error: { code: 'FORBIDDEN' } })
  t.match(await nodes[0]!.connect(listeners[1]).request('playlist:editing', sign), { error: { code: 'NOT_IN_SHOW' } })
  t.equal(editorsSeenBy(host), undefined)
})

t.test('an edit without a sign ends by itself, and a sign keeps it', async t => {
  const { host, cohost } = await startShow(t)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  await ask(cohost, 'playlist:editing', { itemId: 'item1', action: 'moving' })
  mock.timers.tick(editingTtlMs - 1)
  t.equal(editorsSeenBy(host)?.length, 1)
  await ask(cohost, 'playlist:editing', { itemId: 'item1', action: 'moving' })
  mock.timers.tick(editingTtlMs - 1)
  t.equal(editorsSeenBy(host)?.length, 1)
  mock.timers.tick(1)
  t.same(editorsSeenBy(host), [])
})

t.test('the first sign is told at once, and many make few messages', async t => {
  const { host, cohost } = await startShow(t)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const countTold = () => receivedBy(host).filter(event => event === 'playlist:editors').length
  for (let n = 1; n <= 40; n++) await ask(cohost, 'playlist:editing', { itemId: `item${n}`, action: 'moving' })
  t.equal(countTold(), 1)
  t.equal(editorsSeenBy(host)?.[0]?.itemId, 'item1')
  mock.timers.tick(250)
  t.equal(countTold(), 2)
  t.equal(editorsSeenBy(host)?.[0]?.itemId, 'item40', 'the last sign counts')
  mock.timers.tick(1000)
  t.equal(countTold(), 2)
})
