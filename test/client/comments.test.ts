import t from 'tap'
import type { LiveComment } from '../../contract/comments.ts'
import { nextCommentAtMs, type ShowRoom } from '../../client/index.ts'
import { reject, type ScriptedServer } from './scripted-server.ts'
import { joinRoom, flushEvents, waitForView, createTestClient } from './test-client.ts'

/** Returns the n-th comment of the show, created at second n. */
function createComment(n: number, author = 'x'): LiveComment {
  return {
    id: `c${n}`,
    clientId: `own-${n}`,
    showId: 'show',
    author: { id: author, displayName: author, avatarUrl: null },
    text: `Comment ${n}`,
    createdAt: n * 1000
  }
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const toStored = (comment: LiveComment) => ({ ...comment, createdAt: new Date(comment.createdAt).toISOString() })
const ids = (room: ShowRoom) => room.view.comments.list.map(({ id }) => id)
const isHistoryIdle = ({ comments }: ShowRoom['view']) => comments.history === 'idle'

/** Makes the server return pages of these comments. */
function serveHistory(server: ScriptedServer, comments: () => LiveComment[], pageSize = 50): void {
  server.rest.getHistory = cursor => {
    const newestFirst = comments()
      .filter(({ createdAt }) => cursor === null || createdAt < Number(cursor))
      .reverse()
    const page = newestFirst.slice(0, pageSize)
    return {
      items: page.map(toStored),
      nextCursor: newestFirst.length > pageSize ? String(page.at(-1)?.createdAt) : null
    }
  }
}

t.test('the newest page and live comments form one list, and earlier pages are loaded on request', async t => {
  const client = await createTestClient(t)
  serveHistory(client.server, () => range(1, 7).map(n => createComment(n)), 3)
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  t.same(ids(room), ['c5', 'c6', 'c7'])
  t.equal(room.view.comments.hasEarlier, true)
  client.server.emit('comments', { comments: [createComment(7), createComment(8)], deletedIds: ['c6'] })
  await flushEvents(client.server, room)
  t.same(ids(room), ['c5', 'c7', 'c8'], 'each comment appears once')
  await room.loadEarlierComments()
  t.same(ids(room), ['c2', 'c3', 'c4', 'c5', 'c7', 'c8'])
  await room.loadEarlierComments()
  t.same(ids(room), ['c1', 'c2', 'c3', 'c4', 'c5', 'c7', 'c8'])
  t.equal(room.view.comments.hasEarlier, false)
})

t.test('comments that arrive or are deleted while the page is loading are applied to it', async t => {
  const client = await createTestClient(t)
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  client.server.rest.getHistory = async () => {
    await mayAnswer
    return { items: [createComment(2), createComment(1)].map(toStored), nextCursor: null }
  }
  const room = await joinRoom(t, client)
  client.server.emit('comments', { comments: [createComment(3)], deletedIds: ['c1'] })
  await flushEvents(client.server, room)
  answerNow()
  await waitForView(room, isHistoryIdle)
  t.same(ids(room), ['c2', 'c3'])
})

t.test('after a reconnect, missed comments appear and comments deleted meanwhile disappear', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  let stored = range(1, 6).map(n => createComment(n))
  serveHistory(server, () => stored, 3)
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  await room.loadEarlierComments()
  t.same(
    ids(room),
    range(1, 6).map(n => `c${n}`)
  )
  stored = stored.filter(({ id }) => id !== 'c6').concat(createComment(7))
  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  clock.advance(1000)
  await waitForView(room, ({ comments }) => comments.list.some(({ id }) => id === 'c7'))
  t.same(ids(room), ['c1', 'c2', 'c3', 'c4', 'c5', 'c7'])

  stored = range(1, 40).map(n => createComment(n))
  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  clock.advance(5000)
  await waitForView(room, ({ comments }) => comments.list.some(({ id }) => id === 'c40'))
  t.same(ids(room), ['c38', 'c39', 'c40'], 'no older comments remain that would hide a gap')
  await room.loadEarlierComments()
  t.same(
    ids(room),
    range(35, 40).map(n => `c${n}`)
  )
})

t.test('at most 1000 comments are kept, and dropped ones can be fetched again', async t => {
  const client = await createTestClient(t)
  const all = range(1, 1205).map(n => createComment(n))
  serveHistory(client.server, () => all.slice(0, 5), 100)
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  client.server.emit('comments', { comments: all.slice(5), deletedIds: [] })
  await flushEvents(client.server, room)
  t.equal(ids(room).length, 1000)
  t.equal(ids(room)[0], 'c206')
  t.equal(room.view.comments.hasEarlier, true)
  serveHistory(client.server, () => all, 100)
  await room.loadEarlierComments()
  t.same(ids(room).slice(0, 2), ['c106', 'c107'], 'paging from the newest finds the page before the first comment')
})

t.test('a page that cannot be loaded is requested again', async t => {
  const client = await createTestClient(t)
  client.server.rest.getHistory = () => 'UNAVAILABLE'
  const room = await joinRoom(t, client)
  await waitForView(room, ({ comments }) => comments.history === 'failed')
  serveHistory(client.server, () => [createComment(1)])
  await client.clock.waitForTimer(1000)
  client.clock.advance(1000)
  await waitForView(room, isHistoryIdle)
  t.same(ids(room), ['c1'])
})

t.test(
  "the user's own comment is shown at once and once, whether the event or the acknowledgement arrives first",
  async t => {
    const client = await createTestClient(t)
    const { server } = client
    const room = await joinRoom(t, client)
    await waitForView(room, isHistoryIdle)
    const answer = server.handlers['comment:send']
    const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
    server.handlers['comment:send'] = async (payload, socket) => {
      const data = await answer(payload, socket)
      server.emit('comments', { comments: [data.comment], deletedIds: [] })
      await mayAnswer
      return data
    }
    const sending = room.sendComment('  Hello ')
    t.match(room.view.comments.list, [{ text: 'Hello', state: 'sending', author: { id: 'me' } }])
    const comment = await sending
    t.match(
      room.view.comments.list,
      [{ id: comment.id, state: 'sent' }],
      'the event arrived before the acknowledgement'
    )
    t.equal(room.view.comments.list.length, 1)
    answerNow()
    await flushEvents(server, room)
    t.match(comment, { text: 'Hello', createdAt: 5_000_000 })
    t.match(room.view.comments.list, [{ id: comment.id, clientId: comment.clientId, state: 'sent' }])
    t.equal(room.view.comments.list.length, 1)
    server.emit('comments', { comments: [], deletedIds: [comment.id] })
    await flushEvents(server, room)
    t.same(ids(room), [])
  }
)

t.test('comments that reach no server are sent again with the same id, in order', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  const answer = server.handlers['comment:send']
  server.handlers['comment:send'] = () => reject('UNAVAILABLE')
  const first = room.sendComment('one')
  const second = room.sendComment('two')
  await clock.waitForTimer(1000)
  t.equal(server.countCommands('comment:send'), 1, 'the second comment waits for the first')
  server.handlers['comment:send'] = answer
  clock.advance(1000)
  t.same([(await first).text, (await second).text], ['one', 'two'])
  const sent = server.commands
    .filter(({ event }) => event === 'comment:send')
    .map(({ payload }) => payload as { clientId: string; text: string })
  t.same(
    sent.map(({ text }) => text),
    ['one', 'one', 'two']
  )
  t.equal(sent[0]!.clientId, sent[1]!.clientId)
  t.not(sent[1]!.clientId, sent[2]!.clientId)

  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  const third = room.sendComment('three')
  t.match(room.view.comments.list.at(-1), { text: 'three', state: 'sending' })
  clock.advance(1000)
  t.equal((await third).text, 'three', 'written while the connection was lost, sent after the reconnect')
})

t.test('a rejected comment stays until it is retried or discarded', async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  const answer = server.handlers['comment:send']
  server.handlers['comment:send'] = () => reject('RATE_LIMITED', 7000)
  await t.rejects(room.sendComment('Too soon'), { code: 'RATE_LIMITED' })
  const [refused] = room.view.comments.list
  t.match(refused, { text: 'Too soon', state: 'failed', error: { code: 'RATE_LIMITED' } })
  t.equal(nextCommentAtMs(room.view.comments, 0), clock.nowMs() + 7000)
  server.handlers['comment:send'] = answer
  t.match(await room.retryComment(refused!.clientId), { text: 'Too soon', clientId: refused!.clientId })
  t.equal(
    nextCommentAtMs(room.view.comments, 10_000),
    clock.nowMs() + 10_000,
    'slow mode counts from the time the comment was accepted'
  )
  server.handlers['comment:send'] = () => reject('FORBIDDEN')
  await t.rejects(room.sendComment('Not me'), { code: 'FORBIDDEN' })
  room.discardComment(room.view.comments.list.at(-1)!.clientId)
  t.match(
    room.view.comments.list.map(({ text }) => text),
    ['Too soon']
  )
  await t.rejects(room.retryComment('nothing'), { code: 'NOT_FOUND' })
})

t.test('leaving the show stops sending comments', async t => {
  const client = await createTestClient(t)
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  client.server.handlers['comment:send'] = () => reject('UNAVAILABLE')
  const waiting = room.sendComment('Too late')
  await client.clock.waitForTimer(1000)
  await Promise.all([t.rejects(waiting, { code: 'NOT_IN_SHOW' }), room.leave()])
})

t.test('a deleted comment disappears at once, and a muted user sees that they are muted', async t => {
  const client = await createTestClient(t)
  const { server } = client
  serveHistory(server, () => [createComment(1, 'me'), createComment(2)])
  const room = await joinRoom(t, client)
  await waitForView(room, isHistoryIdle)
  await room.deleteComment('c1')
  t.same(ids(room), ['c2'])
  server.handlers['comment:delete'] = () => reject('FORBIDDEN')
  await t.rejects(room.deleteComment('c2'), { code: 'FORBIDDEN' })
  t.same(ids(room), ['c2'])
  await room.muteComments('x', true)
  t.match(
    server.commands.find(({ event }) => event === 'comment:mute'),
    { payload: { userId: 'x', muted: true } }
  )
  server.applyEvent({ type: 'comments:muted', userId: 'me', muted: true, by: 'creator' })
  await flushEvents(server, room)
  t.same(room.view.room?.commentMutedIds, ['me'])
})

t.test("the user's own reaction is shown at once and not twice", async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  const seen: object[] = []
  t.teardown(room.onReactions(counts => seen.push(counts)))
  await room.react('🎉')
  t.same(seen, [{ '🎉': 1 }])
  server.emit('reactions', { counts: { '🎉': 3, '👏': 2 } })
  await flushEvents(server, room)
  t.same(seen.at(-1), { '🎉': 2, '👏': 2 })
  await room.react('\u2764')
  server.emit('reactions', { counts: { '\u2764\ufe0f': 2 } })
  await flushEvents(server, room)
  t.same(seen.at(-1), { '\u2764\ufe0f': 1 }, 'the server has completed the emoji')
  server.handlers['reaction:send'] = () => reject('RATE_LIMITED', 100)
  await t.rejects(room.react('👏'), { code: 'RATE_LIMITED' })
  server.emit('reactions', { counts: { '👏': 1 } })
  await flushEvents(server, room)
  t.same(seen.at(-1), { '👏': 1 }, 'a rejected reaction is not expected in the counts')
})
