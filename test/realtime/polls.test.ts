import t from 'tap'
import type { Poll, OwnVotes } from '../../contract/polls.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import { startServer } from '../server-process.ts'
import { goLive, joinShow, signInAsGuest, type ShowClient } from '../users.ts'
import { until } from './real-app.ts'

const server = await startServer({ MEDIA_WORKERS: '1', AUTH_GUESTS: 'on' })
t.teardown(async () => await server.close())

const draft = { question: 'Which song opens the next show?', options: ['The old one', 'The new one'] }

async function snapshotOf(client: ShowClient): Promise<Snapshot> {
  return (await client.request('show:resync', {})).snapshot
}

async function pollOf(client: ShowClient): Promise<Poll> {
  const { poll } = await snapshotOf(client)
  if (!poll) throw new Error('there is no poll')
  return poll
}

async function countsOf(client: ShowClient): Promise<readonly number[]> {
  return (await pollOf(client)).counts
}

const own = async (client: ShowClient): Promise<OwnVotes> => await client.request('votes:mine', {})

t.test('a host opens a poll, and everybody sees it, its counts, and its result until it is dismissed', async t => {
  const { client: host, creator, showId } = await goLive(server.url)
  const { client: first } = await joinShow(server.url, showId, 'First')
  const { client: second } = await joinShow(server.url, showId, 'Second')
  t.teardown(() => [host, first, second].forEach(client => client.disconnect()))
  t.equal(await first.requestError('poll:open', draft), 'FORBIDDEN')
  for (const payload of [
    { ...draft, options: ['One'] },
    { ...draft, options: ['1', '2', '3', '4', '5', '6', '7'] },
    { ...draft, options: ['Same', 'Same'] },
    { ...draft, options: ['One', ''] },
    { ...draft, question: '' },
    { ...draft, durationMs: 10 }
  ]) {
    t.equal(await host.requestError('poll:open', payload), 'VALIDATION', JSON.stringify(payload))
  }
  await host.request('poll:open', draft)
  t.match((await first.waitForEvent('poll:opened')).event, { ...draft, endsAt: null, by: creator.id })
  const { pollId } = await pollOf(first)
  t.equal(await host.requestError('poll:open', draft), 'CONFLICT', 'one at a time')
  t.equal(await host.requestError('poll:dismiss', { pollId }), 'CONFLICT', 'while it is open')
  t.equal(await first.requestError('poll:vote', { pollId: 'p0', option: 0 }), 'NOT_FOUND')
  t.equal(await first.requestError('poll:vote', { pollId, option: 2 }), 'NOT_FOUND')
  t.equal(await first.requestError('poll:close', { pollId }), 'FORBIDDEN')

  await first.request('poll:vote', { pollId, option: 0 })
  await second.request('poll:vote', { pollId, option: 0 })
  await second.request('poll:vote', { pollId, option: 1 })
  await host.request('poll:vote', { pollId, option: 1 })
  await first.waitForEvent('poll:counted', event => event.type === 'poll:counted' && event.counts[1] === 2)
  t.same(await countsOf(first), [1, 2], 'a changed vote counts once')
  t.same(await own(second), { poll: { pollId, option: 1 }, songIds: [] })

  await host.request('poll:close', { pollId })
  t.match((await second.waitForEvent('poll:closed')).event, { counts: [1, 2], by: creator.id })
  t.equal(await first.requestError('poll:vote', { pollId, option: 1 }), 'CONFLICT')
  const { client: late } = await joinShow(server.url, showId, 'Late')
  t.teardown(() => late.disconnect())
  t.match(await pollOf(late), { isOpen: false, counts: [1, 2] })
  t.same(await own(late), { poll: null, songIds: [] })
  await host.request('poll:dismiss', { pollId })
  t.equal((await snapshotOf(late)).poll, undefined)
  await host.request('poll:open', draft)
  t.not((await pollOf(late)).pollId, pollId)
})

t.test('guests do not vote', async t => {
  const { client: host, showId } = await goLive(server.url)
  const client = await (await signInAsGuest(server.url)).connect()
  await client.join(showId)
  t.teardown(() => [host, client].forEach(socket => socket.disconnect()))
  await host.request('poll:open', draft)
  const { pollId } = await pollOf(client)
  t.equal(await client.requestError('poll:vote', { pollId, option: 0 }), 'FORBIDDEN')
})

t.test('nobody learns the votes of others, and a person has one, whatever they send or reconnect', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { client, user } = await joinShow(server.url, showId, 'Voter')
  const { client: other } = await joinShow(server.url, showId, 'Other')
  t.teardown(() => [host, other].forEach(socket => socket.disconnect()))
  await host.request('poll:open', draft)
  const { pollId } = await pollOf(client)
  await Promise.all([0, 1, 0, 1].map(async option => await client.request('poll:vote', { pollId, option })))
  client.disconnect()
  const again = await user.connect()
  t.teardown(() => again.disconnect())
  await again.join(showId)
  t.same((await own(again)).poll, { pollId, option: 1 })
  await again.request('poll:vote', { pollId, option: 0 })
  await until(async () => (await countsOf(other))[0] === 1)
  t.same(await countsOf(other), [1, 0])
  const seen = JSON.stringify([other.roomEvents, other.queueEvents, host.roomEvents, host.queueEvents])
  const snapshots = JSON.stringify([await snapshotOf(other), await snapshotOf(host)])
  t.notMatch(seen + snapshots, user.id, 'a listener who votes is named nowhere')
})

t.test('votes survive a crash of the server, and count on', async t => {
  const { client: host, showId } = await goLive(server.url)
  const { client, user } = await joinShow(server.url, showId, 'Voter')
  const { client: other, user: second } = await joinShow(server.url, showId, 'Second')
  await host.request('poll:open', draft)
  const { pollId } = await pollOf(client)
  await client.request('poll:vote', { pollId, option: 0 })
  await other.request('poll:vote', { pollId, option: 1 })
  // A vote is stored when it is answered, also if nobody has counted it yet.
  await server.stop('SIGKILL')
  await server.restart()
  const [again, another] = [await user.connect(), await second.connect()]
  t.teardown(() => [again, another].forEach(socket => socket.disconnect()))
  await again.join(showId)
  await another.join(showId)
  t.same((await own(again)).poll, { pollId, option: 0 })
  await until(async () => (await countsOf(again)).join() === '1,1')
  await another.request('poll:vote', { pollId, option: 0 })
  await until(async () => (await countsOf(again)).join() === '2,0')

  await second.rest('DELETE', '/v1/users/me')
  await until(async () => (await countsOf(again)).join() === '1,0')
  t.pass('the vote of an erased person is taken out of the open poll')
})

t.test('a poll with a time closes by itself', async t => {
  const { client: host } = await goLive(server.url)
  t.teardown(() => host.disconnect())
  await host.request('poll:open', { ...draft, durationMs: 5000 })
  const { pollId, openedAt, endsAt } = await pollOf(host)
  t.equal(endsAt, openedAt + 5000)
  await host.request('poll:vote', { pollId, option: 1 })
  const closed = await host.waitForEvent('poll:closed')
  t.match(closed.event, { pollId, counts: [0, 1], by: null })
  t.ok(closed.at >= openedAt + 5000)
})

t.test('an open poll closes with its show', async t => {
  const { client: host, creator, showId } = await goLive(server.url)
  t.teardown(() => host.disconnect())
  await host.request('poll:open', draft)
  const { pollId } = await pollOf(host)
  await host.request('poll:vote', { pollId, option: 0 })
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  t.match((await host.waitForEvent('poll:closed')).event, { pollId, counts: [1, 0] })
})
