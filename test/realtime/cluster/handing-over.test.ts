import t from 'tap'
import { until } from '../real-app.ts'
import { candidates, creator } from '../room/people.ts'
import { ask, startNodes } from './nodes.ts'

const [cohost] = candidates

t.test('a show that was handed over to another node goes on there without its creator and its home', async t => {
  const { cluster, nodes, showId } = await startNodes(t)
  const [a, b] = nodes
  const host = a!.connect(creator)
  const other = b!.connect(cohost)
  await ask(host, 'show:join', { showId })
  await ask(other, 'show:join', { showId })
  await ask(host, 'cohost:set', { userId: cohost, cohost: true })
  await ask(host, 'show:handOver', { userId: cohost })
  t.match(
    (await ask(other, 'show:resync', {})).snapshot,
    { ownerId: cohost, me: { role: 'creator' } },
    'the replica knows'
  )
  const answer = await other.request('cohost:set', { userId: cohost, cohost: false })
  t.match(answer, { ok: false, error: { code: 'CONFLICT' } })

  cluster.cut('a')
  await until(() => b!.rooms.find(showId)?.state.room.ownerId === cohost)
  const { snapshot } = await ask(other, 'show:resync', {})
  t.match(snapshot, { status: 'live', ownerId: cohost, me: { role: 'creator' } })
  const isInterrupted = other.received.some(
    message => message.event === 'room:event' && message.payload.event.type === 'show:interrupted'
  )
  t.notOk(isInterrupted, 'the creator is not missed')
  await b!.rooms.find(showId)!.command({ kind: 'user', userId: cohost }, { type: 'show:end' })
  await until(() =>
    other.received.some(message => message.event === 'room:event' && message.payload.event.type === 'show:ended')
  )
})
