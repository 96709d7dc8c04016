import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { creator, listeners } from '../room/people.ts'
import { ask, startNodes } from './nodes.ts'

t.test(
  'commands during a handover go to the next home, and the node that stops does not take the show back',
  async t => {
    const { nodes, store, showId } = await startNodes(t, { delay: async () => await pause(5) })
    const [a, b] = nodes
    const host = a!.connect(creator)
    const sender = a!.connect(listeners[0])
    await ask(host, 'show:join', { showId })
    await ask(sender, 'show:join', { showId })
    await ask(b!.connect(listeners[1]), 'show:join', { showId })
    const stopped = new AbortController()
    const answers: unknown[] = []
    const sending = (async () => {
      while (!stopped.signal.aborted) {
        answers.push(await sender.request('speak:request', {}), await sender.request('speak:cancel', {}))
      }
    })()
    await pause(20)
    t.equal(await a!.nodeRooms.handOverAll(), true)
    const countThen = answers.length
    while (answers.length < countThen + 4) await pause(1)
    stopped.abort()
    await sending

    const { records } = store.data.get(showId)!
    const homes = records.flatMap(({ event }) => (event.type === 'home:taken' ? [event.nodeId] : []))
    t.same(homes, ['a', 'b'])
    t.ok(
      answers.every(answer => (answer as { ok: boolean } | undefined)?.ok === true),
      'every command is carried out'
    )
    t.equal(records.filter(({ event }) => event.type === 'speak:requested').length, answers.length / 2, 'and once')
    t.same([...a!.faults, ...b!.faults], [])
  }
)

t.test('a node without others hands nothing over', async t => {
  const { nodes, showId } = await startNodes(t, { count: 1 })
  t.equal(await nodes[0]!.nodeRooms.handOverAll(), false)
  t.ok(nodes[0]!.rooms.find(showId))
})
