import t from 'tap'
import { until } from '../real-app.ts'
import { creator, listeners } from '../room/people.ts'
import { ask, receivedBy, startNodes } from './nodes.ts'

const draft = { question: 'Which?', options: ['One', 'Other'] }

t.test('members of all nodes vote and see the counts, and no node but the home knows a vote', async t => {
  const { nodes, showId } = await startNodes(t)
  const host = nodes[0]!.connect(creator)
  await ask(host, 'show:join', { showId })
  const [voter, other] = [nodes[1]!.connect(listeners[0]), nodes[1]!.connect(listeners[1])]
  await ask(voter, 'show:join', { showId })
  await ask(other, 'show:join', { showId })
  await ask(host, 'poll:open', draft)
  await until(() => receivedBy(voter).includes('poll:opened'))
  const pollOn = (node: number) => nodes[node]!.nodeRooms.awaitRoom(showId).then(room => room?.state)
  const { pollId } = (await pollOn(1))!.room.poll!
  await ask(voter, 'poll:vote', { pollId, option: 1 })
  await ask(other, 'poll:vote', { pollId, option: 1 })
  await ask(other, 'poll:vote', { pollId, option: 0 })
  await until(async () => (await pollOn(1))?.room.poll?.counts.join() === '1,1')
  t.same((await pollOn(0))?.room.poll?.counts, [1, 1])
  t.equal((await pollOn(0))?.ballots.get(pollId)?.get(listeners[0]), 1)
  t.ok((await pollOn(1))?.ballots.isEmpty(), 'the other node knows the counts only')
  const seen = JSON.stringify([...other.received, ...host.received].filter(({ event }) => event !== 'audience'))
  t.notMatch(seen, /vote:cast|votes:forgotten/)
})

t.test('votes count on at the node that takes the show over', async t => {
  const { cluster, nodes, showId } = await startNodes(t)
  const host = nodes[1]!.connect(creator)
  await ask(host, 'show:join', { showId })
  const [voter, other] = [nodes[1]!.connect(listeners[0]), nodes[1]!.connect(listeners[1])]
  await ask(voter, 'show:join', { showId })
  await ask(other, 'show:join', { showId })
  await ask(host, 'poll:open', draft)
  const state = async () => (await nodes[1]!.nodeRooms.awaitRoom(showId))!.state
  await until(async () => (await state()).room.poll !== undefined)
  const { pollId } = (await state()).room.poll!
  await ask(voter, 'poll:vote', { pollId, option: 1 })
  cluster.cut('a')
  await until(() => nodes[1]!.rooms.find(showId) !== undefined)
  await ask(other, 'poll:vote', { pollId, option: 0 })
  await until(async () => (await state()).room.poll?.counts.join() === '1,1')
  t.equal((await state()).ballots.get(pollId)?.get(listeners[0]), 1)
})
