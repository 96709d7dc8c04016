import t from 'tap'
import type { ListenerSource } from '../../../contract/audience-events.ts'
import { until } from '../real-app.ts'
import { creator, listeners } from '../room/people.ts'
import { ask, receivedBy, startNodes } from './nodes.ts'

const joined = (userId: string, source: ListenerSource | null = null) => ({
  type: 'listener:joined',
  person: `p-${userId}`,
  guest: false,
  source
})

t.test('the home records what the audience on all nodes does, and the next home goes on', async t => {
  const { nodes, showId, store } = await startNodes(t)
  const [a, b] = nodes
  const [ann, bob, cleo] = listeners
  const { audience } = store.data.get(showId)!
  const events = () => audience.map(({ event }) => event)
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId })
  await ask(a!.connect(ann), 'show:join', { showId, source: 'link' })
  const remote = b!.connect(bob)
  await ask(remote, 'show:join', { showId, source: 'follow' })
  await until(() => audience.length === 3)
  t.same(events(), [{ type: 'audience:opened' }, joined(ann, 'link'), joined(bob, 'follow')])

  await ask(remote, 'comment:send', { clientId: 'c1', text: 'hello' })
  await ask(remote, 'reaction:send', { emoji: '👏' })
  await ask(host, 'reaction:send', { emoji: '👏' })
  await until(() => receivedBy(host).includes('reactions') && receivedBy(remote).includes('reactions'))
  const counted = (type: string) =>
    events().reduce((sum, event) => sum + (event.type === type && 'count' in event ? event.count : 0), 0)
  await until(() => counted('reactions:counted') === 2 && counted('comments:counted') === 1)

  const before = audience.length
  await ask(b!.connect(cleo), 'show:join', { showId })
  await a!.nodeRooms.handOverAll()
  t.same(audience[before]!.event, joined(cleo), 'stored before the next home opens the room')
  await until(() => b!.rooms.find(showId) !== undefined && audience.length >= before + 5)
  const after = events().slice(before + 1)
  t.same(after[0], { type: 'audience:opened' })
  t.same(
    after.slice(1).toSorted((x, y) => JSON.stringify(x).localeCompare(JSON.stringify(y))),
    [joined(ann), joined(bob), joined(cleo)],
    'everybody who stayed is present again, the creator is not'
  )
  remote.disconnect()
  await until(() => audience.at(-1)!.event.type === 'listener:left')
  t.same(audience.at(-1)!.event, { type: 'listener:left', person: `p-${bob}` })

  await ask(b!.connect(bob), 'show:join', { showId })
  await b!.rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:end' })
  t.same(audience.at(-1)!.event, joined(bob), 'stored before the end is answered: the show may be removed then')
  t.same([...a!.faults, ...b!.faults], [])
})
