import t from 'tap'
import { until } from '../real-app.ts'
import { creator } from '../room/people.ts'
import { ask, startNodes } from './nodes.ts'

t.test('the late conflict of a deposed room does not end the room that its node opened afterwards', async t => {
  const held = Promise.withResolvers<void>()
  let isHolding = false
  const { nodes, showId, cluster } = await startNodes(t, {
    count: 2,
    async delay(label) {
      if (!isHolding || label !== 'store events of show') return
      isHolding = false
      await held.promise
    }
  })
  const [a, b] = nodes
  const host = a!.connect(creator)
  await ask(host, 'show:join', { showId })
  const deposed = a!.rooms.find(showId)
  isHolding = true
  const late = host.request('mute:set', { userId: creator, muted: true })
  late.catch(() => {})

  cluster.cut('a')
  await until(() => b!.rooms.find(showId) !== undefined)
  cluster.restore('a')
  await until(() => a!.rooms.find(showId) === undefined)
  cluster.cut('b')
  await until(() => a!.rooms.find(showId) !== undefined && a!.rooms.find(showId) !== deposed)
  const current = a!.rooms.find(showId)
  held.resolve()
  await new Promise(resolve => setTimeout(resolve, 100))
  t.equal(a!.rooms.find(showId), current, 'the room stays')
  const again = a!.connect(creator)
  await ask(again, 'show:join', { showId })
  await ask(again, 'mute:set', { userId: creator, muted: true })
})
