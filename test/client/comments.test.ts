import t from 'tap'
import type { LiveComment } from '../../contract/comments.ts'
import { nextCommentAtMs, type ShowRoom } from '../../client/index.ts'
import { refuse, type ScriptedServer } from './scripted-server.ts'
import { enter, settled, until, visit } from './visitor.ts'

/** The n-th comment of the show, at the n-th second. */
function said(n: number, author = 'x'): LiveComment {
  return {
    id: `c${n}`,
    clientId: `own-${n}`,
    showId: 'show',
    author: { id: author, displayName: author, avatarUrl: null },
    text: `Comment ${n}`,
    createdAt: n * 1000
  }
}
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const kept = (comment: LiveComment) => ({ ...comment, createdAt: new Date(comment.createdAt).toISOString() })
const ids = (room: ShowRoom) => room.view.comments.list.map(({ id }) => id)
const idle = ({ comments }: ShowRoom['view']) => comments.history === 'idle'

/** The server keeps these, and answers pages of so many. */
function keep(server: ScriptedServer, comments: () => LiveComment[], pageSize = 50): void {
  server.rest.history = cursor => {
    const newestFirst = comments()
      .filter(({ createdAt }) => cursor === null || createdAt < Number(cursor))
      .reverse()
    const page = newestFirst.slice(0, pageSize)
    return { items: page.map(kept), nextCursor: newestFirst.length > pageSize ? String(page.at(-1)?.createdAt) : null }
  }
}

t.test('the newest page and what comes live make one list, and the pages before it come when asked for', async t => {
  const visitor = await visit(t)
  keep(visitor.server, () => numbers(1, 7).map(n => said(n)), 3)
  const room = await enter(t, visitor)
  await until(room, idle)
  t.same(ids(room), ['c5', 'c6', 'c7'])
  t.equal(room.view.comments.hasEarlier, true)
  visitor.server.tell('comments', { comments: [said(7), said(8)], deletedIds: ['c6'] })
  await settled(visitor.server, room)
  t.same(ids(room), ['c5', 'c7', 'c8'], 'each once')
  await room.loadEarlierComments()
  t.same(ids(room), ['c2', 'c3', 'c4', 'c5', 'c7', 'c8'])
  await room.loadEarlierComments()
  t.same(ids(room), ['c1', 'c2', 'c3', 'c4', 'c5', 'c7', 'c8'])
  t.equal(room.view.comments.hasEarlier, false)
})

t.test('what came or was deleted while the page was on its way counts', async t => {
  const visitor = await visit(t)
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  visitor.server.rest.history = async () => {
    await mayAnswer
    return { items: [said(2), said(1)].map(kept), nextCursor: null }
  }
  const room = await enter(t, visitor)
  visitor.server.tell('comments', { comments: [said(3)], deletedIds: ['c1'] })
  await settled(visitor.server, room)
  answerNow()
  await until(room, idle)
  t.same(ids(room), ['c2', 'c3'])
})

t.test('after a reconnect what was missed is there and what was deleted unseen is not', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  let stored = numbers(1, 6).map(n => said(n))
  keep(server, () => stored, 3)
  const room = await enter(t, visitor)
  await until(room, idle)
  await room.loadEarlierComments()
  t.same(
    ids(room),
    numbers(1, 6).map(n => `c${n}`)
  )
  stored = stored.filter(({ id }) => id !== 'c6').concat(said(7))
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  clock.pass(1000)
  await until(room, ({ comments }) => comments.list.some(({ id }) => id === 'c7'))
  t.same(ids(room), ['c1', 'c2', 'c3', 'c4', 'c5', 'c7'])

  stored = numbers(1, 40).map(n => said(n))
  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  clock.pass(5000)
  await until(room, ({ comments }) => comments.list.some(({ id }) => id === 'c40'))
  t.same(ids(room), ['c38', 'c39', 'c40'], 'nothing that would hide a gap')
  await room.loadEarlierComments()
  t.same(
    ids(room),
    numbers(35, 40).map(n => `c${n}`)
  )
})

t.test('only so many are kept, and those let go can be fetched again', async t => {
  const visitor = await visit(t)
  const all = numbers(1, 1205).map(n => said(n))
  keep(visitor.server, () => all.slice(0, 5), 100)
  const room = await enter(t, visitor)
  await until(room, idle)
  visitor.server.tell('comments', { comments: all.slice(5), deletedIds: [] })
  await settled(visitor.server, room)
  t.equal(ids(room).length, 1000)
  t.equal(ids(room)[0], 'c206')
  t.equal(room.view.comments.hasEarlier, true)
  keep(visitor.server, () => all, 100)
  await room.loadEarlierComments()
  t.same(ids(room).slice(0, 2), ['c106', 'c107'], 'the page before the first, found from the newest')
})

t.test("a page that can't be had is tried again", async t => {
  const visitor = await visit(t)
  visitor.server.rest.history = () => 'UNAVAILABLE'
  const room = await enter(t, visitor)
  await until(room, ({ comments }) => comments.history === 'failed')
  keep(visitor.server, () => [said(1)])
  await visitor.clock.untilWaiting(1000)
  visitor.clock.pass(1000)
  await until(room, idle)
  t.same(ids(room), ['c1'])
})

t.test("one's own comment is there at once, and once, whatever comes first", async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  await until(room, idle)
  const answer = server.answers['comment:send']
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  server.answers['comment:send'] = async (payload, socket) => {
    const data = await answer(payload, socket)
    server.tell('comments', { comments: [data.comment], deletedIds: [] })
    await mayAnswer
    return data
  }
  const sending = room.sendComment('  Hello ')
  t.match(room.view.comments.list, [{ text: 'Hello', state: 'sending', author: { id: 'me' } }])
  const comment = await sending
  t.match(room.view.comments.list, [{ id: comment.id, state: 'sent' }], 'told before the answer')
  t.equal(room.view.comments.list.length, 1)
  answerNow()
  await settled(server, room)
  t.match(comment, { text: 'Hello', createdAt: 5_000_000 })
  t.match(room.view.comments.list, [{ id: comment.id, clientId: comment.clientId, state: 'sent' }])
  t.equal(room.view.comments.list.length, 1)
  server.tell('comments', { comments: [], deletedIds: [comment.id] })
  await settled(server, room)
  t.same(ids(room), [])
})

t.test('what meets no server is sent again under the same id, in order', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  await until(room, idle)
  const answer = server.answers['comment:send']
  server.answers['comment:send'] = () => refuse('UNAVAILABLE')
  const first = room.sendComment('one')
  const second = room.sendComment('two')
  await clock.untilWaiting(500)
  t.equal(server.count('comment:send'), 1, 'the second waits behind the first')
  server.answers['comment:send'] = answer
  clock.pass(500)
  t.same([(await first).text, (await second).text], ['one', 'two'])
  const sent = server.asked
    .filter(({ event }) => event === 'comment:send')
    .map(({ payload }) => payload as { clientId: string; text: string })
  t.same(
    sent.map(({ text }) => text),
    ['one', 'one', 'two']
  )
  t.equal(sent[0]!.clientId, sent[1]!.clientId)
  t.not(sent[1]!.clientId, sent[2]!.clientId)

  server.drop()
  await until(room, ({ connection }) => connection === 'reconnecting')
  const third = room.sendComment('three')
  t.match(room.view.comments.list.at(-1), { text: 'three', state: 'sending' })
  clock.pass(1000)
  t.equal((await third).text, 'three', 'said while the connection was lost, and sent when it is back')
})

t.test('what is refused stays to be tried again or let go', async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  await until(room, idle)
  const answer = server.answers['comment:send']
  server.answers['comment:send'] = () => refuse('RATE_LIMITED', 7000)
  await t.rejects(room.sendComment('Too soon'), { code: 'RATE_LIMITED' })
  const [refused] = room.view.comments.list
  t.match(refused, { text: 'Too soon', state: 'failed', error: { code: 'RATE_LIMITED' } })
  t.equal(nextCommentAtMs(room.view.comments, 0), clock.nowMs() + 7000)
  server.answers['comment:send'] = answer
  t.match(await room.retryComment(refused!.clientId), { text: 'Too soon', clientId: refused!.clientId })
  t.equal(
    nextCommentAtMs(room.view.comments, 10_000),
    clock.nowMs() + 10_000,
    'slow mode counts from when it was taken'
  )
  server.answers['comment:send'] = () => refuse('FORBIDDEN')
  await t.rejects(room.sendComment('Not me'), { code: 'FORBIDDEN' })
  room.discardComment(room.view.comments.list.at(-1)!.clientId)
  t.match(
    room.view.comments.list.map(({ text }) => text),
    ['Too soon']
  )
  await t.rejects(room.retryComment('nothing'), { code: 'NOT_FOUND' })
})

t.test('who leaves sends nothing any more', async t => {
  const visitor = await visit(t)
  const room = await enter(t, visitor)
  await until(room, idle)
  visitor.server.answers['comment:send'] = () => refuse('UNAVAILABLE')
  const waiting = room.sendComment('Too late')
  await visitor.clock.untilWaiting(500)
  await Promise.all([t.rejects(waiting, { code: 'NOT_IN_SHOW' }), room.leave()])
})

t.test('a deleted comment goes at once, and who is muted knows it', async t => {
  const visitor = await visit(t)
  const { server } = visitor
  keep(server, () => [said(1, 'me'), said(2)])
  const room = await enter(t, visitor)
  await until(room, idle)
  await room.deleteComment('c1')
  t.same(ids(room), ['c2'])
  server.answers['comment:delete'] = () => refuse('FORBIDDEN')
  await t.rejects(room.deleteComment('c2'), { code: 'FORBIDDEN' })
  t.same(ids(room), ['c2'])
  await room.muteComments('x', true)
  t.match(
    server.asked.find(({ event }) => event === 'comment:mute'),
    { payload: { userId: 'x', muted: true } }
  )
  server.happen({ type: 'comments:muted', userId: 'me', muted: true, by: 'creator' })
  await settled(server, room)
  t.same(room.view.room?.commentMutedIds, ['me'])
})

t.test("reactions: one's own at once and not twice", async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  const seen: object[] = []
  t.teardown(room.onReactions(counts => seen.push(counts)))
  await room.react('🎉')
  t.same(seen, [{ '🎉': 1 }])
  server.tell('reactions', { counts: { '🎉': 3, '👏': 2 } })
  await settled(server, room)
  t.same(seen.at(-1), { '🎉': 2, '👏': 2 })
  server.answers['reaction:send'] = () => refuse('RATE_LIMITED', 100)
  await t.rejects(room.react('👏'), { code: 'RATE_LIMITED' })
  server.tell('reactions', { counts: { '👏': 1 } })
  await settled(server, room)
  t.same(seen.at(-1), { '👏': 1 }, 'a refused one is not waited for')
})
