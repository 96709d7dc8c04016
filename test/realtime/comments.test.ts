import t from 'tap'
import type { Comment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import { openComments } from '../../plugins/app/comments/comment-records.ts'
import { collect } from '../../plugins/app/documents/collect.ts'
import { joinShow, goLive, signIn } from '../users.ts'
import { isThroughEdge } from '../edge/edge-parts.ts'
import { collectComments, listComments, sendComment } from './comment-steps.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t, { LIMIT_COMMENTS_PER_10S: '5' })

async function status(method: string, path: string, token?: string): Promise<number> {
  return (await fetch(url + path, { method, headers: token ? { authorization: `Bearer ${token}` } : {} })).status
}

t.test('every member receives each comment once, in the order of the store', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const people = await Promise.all(['One', 'Two', 'Three', 'Four'].map(async name => await joinShow(url, showId, name)))
  const received = [host, ...people.map(({ client }) => client)].map(collectComments)
  const sent = await Promise.all(
    people.flatMap(({ client }) => [1, 2, 3, 4, 5].map(async n => await sendComment(client, `c${n}`)))
  )
  await until(() => received.every(({ comments }) => comments.length >= 20))
  const { items } = await listComments(creator, showId, '?limit=100')
  const order = items.map(({ id }) => id).reverse()
  for (const { comments } of received) {
    t.same(
      comments.map(({ id }) => id),
      order
    )
  }
  t.same(sent.map(({ id }) => id).sort(), [...order].sort())
  for (const { user } of people) {
    t.same(
      received[0]!.comments.filter(({ author }) => author.id === user.id).map(({ clientId }) => clientId),
      ['c1', 'c2', 'c3', 'c4', 'c5'],
      'the comments of one person stay in order'
    )
  }
  const times = received[0]!.comments.map(({ createdAt }) => createdAt)
  t.same(
    times,
    [...new Set(times)].sort((a, b) => a - b),
    'strictly increasing'
  )
  t.ok(received[0]!.batches.length < 20, 'in batches')
})

t.test('comments of one person with the same clientId are one comment, which is counted once', async t => {
  const { client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const received = collectComments(host)
  const repetitions = await Promise.all(
    Array.from({ length: 10 }, async () => await sendComment(client, 'twin', 'One text'))
  )
  t.equal(new Set(repetitions.map(({ id }) => id)).size, 1)
  for (let n = 2; n <= 5; n++) await sendComment(client, `c${n}`)
  t.same(await sendComment(client, 'twin', 'Another text'), repetitions[0], 'a repetition is not counted')
  const answer = await client.requestRaw('comment:send', { clientId: 'c6', text: 'One too many' })
  t.match(answer, { ok: false, error: { code: 'RATE_LIMITED', retryAfterMs: Number } })
  t.same(await sendComment(client, 'twin'), repetitions[0], 'a repetition is answered at the limit')
  const { client: other } = await joinShow(url, showId)
  t.not(
    (await sendComment(other, 'twin')).id,
    repetitions[0]!.id,
    'the same clientId of another person is another comment'
  )
  await until(() => received.comments.length >= 6)
  t.equal(received.comments.length, 6)
})

t.test('texts are normalized, and invalid texts and client ids are rejected', async t => {
  const { showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  t.equal((await sendComment(client, 'a', '  two\r\nlines  ')).text, 'two\nlines')
  t.equal((await sendComment(client, 'tab', 'one\ttwo')).text, 'one two')
  t.equal((await sendComment(client, 'copied', 'call \u202a+1 555\u202c')).text, 'call +1 555')
  for (const text of ['', '   ', '\u202e', 'x'.repeat(501), '\ud800']) {
    t.equal(await client.requestError('comment:send', { clientId: 'b', text }), 'VALIDATION', JSON.stringify(text))
  }
  t.match(await client.requestRaw('comment:send', { clientId: 'b', text: 'a\u001bb' }), {
    error: { code: 'VALIDATION', issues: [{ path: '/text', message: 'must not contain control characters' }] }
  })
  for (const clientId of ['', 'not an id', 'x'.repeat(65), 'é', 'a\n']) {
    t.equal(await client.requestError('comment:send', { clientId, text: 'x' }), 'VALIDATION', JSON.stringify(clientId))
  }
  t.equal((await sendComment(client, 'phone:1/$ne.{2}')).clientId, 'phone:1/$ne.{2}', 'special characters are allowed')
})

t.test('authors and hosts delete comments, and a deleted comment stays deleted', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const [author, other] = [await joinShow(url, showId), await joinShow(url, showId)]
  const received = collectComments(other.client)
  const first = await sendComment(author.client, 'first')
  const second = await sendComment(author.client, 'second')
  t.equal(await other.client.requestError('comment:delete', { commentId: first.id }), 'FORBIDDEN')
  t.equal(await other.client.requestError('comment:delete', { commentId: 'nothing' }), 'NOT_FOUND')
  await author.client.request('comment:delete', { commentId: first.id })
  await host.request('comment:delete', { commentId: second.id })
  await host.request('comment:delete', { commentId: second.id })
  await until(() => received.deletedIds.length >= 2)
  t.same(received.deletedIds, [first.id, second.id], 'each deletion is sent once')
  t.equal(await author.client.requestError('comment:send', { clientId: 'first', text: 'Once more' }), 'NOT_FOUND')
  t.same((await listComments(creator, showId)).items, [])
  const { client: elsewhere } = await goLive(url)
  t.equal(
    await elsewhere.requestError('comment:delete', { commentId: first.id }),
    'NOT_FOUND',
    'a comment of another show'
  )
})

t.test('comments and reactions sent just before the end arrive before the end', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const order: string[] = []
  client.socket.on('comments', ({ comments }) => order.push(...comments.map(({ text }) => text)))
  client.socket.on('reactions', ({ counts }) => order.push(...Object.keys(counts)))
  client.socket.on('room:event', ({ event }) => {
    if (event.type === 'show:ended') order.push('the end')
  })
  await Promise.all([sendComment(host, 'last', 'Good night'), client.request('reaction:send', { emoji: '👋' })])
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(() => order.includes('the end'))
  t.equal(order.at(-1), 'the end')
  // Comments and reactions have no order among each other. Reactions may be lost between nodes.
  const before = order.slice(0, -1)
  if (isThroughEdge) t.ok(before.includes('Good night'))
  else t.same(before.toSorted(), ['Good night', '👋'])
  t.equal(await client.requestError('comment:send', { clientId: 'late', text: 'Too late' }), 'NOT_IN_SHOW')
})

t.test('comments are listed in pages, newest first, and can be deleted after the show', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const cohost = await joinShow(url, showId)
  const author = await joinShow(url, showId)
  await host.request('cohost:set', { userId: cohost.user.id, cohost: true })
  const sent = []
  for (let n = 1; n <= 5; n++) sent.push(await sendComment(author.client, `c${n}`))
  const pages: string[][] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page<Comment> = await listComments(author.user, showId, `?limit=2${cursor && `&cursor=${cursor}`}`)
    pages.push(page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  t.same(
    pages.map(({ length }) => length),
    [2, 2, 1]
  )
  t.same(pages.flat(), sent.map(({ id }) => id).reverse())
  const path = `/v1/shows/${showId}/comments`
  t.equal(await status('GET', path), 200, 'an open show needs no account')
  t.equal(await status('GET', '/v1/shows/nothing/comments'), 404)
  t.equal(await status('GET', `${path}?cursor=nonsense`), 400)

  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const stranger = await signIn(url, 'Stranger')
  const [first, second, third] = sent.map(({ id }) => `${path}/${id}`) as [string, string, string]
  t.equal(await status('DELETE', first), 401)
  t.equal(await status('DELETE', first, stranger.token), 403)
  t.equal(await status('DELETE', first, author.user.token), 204)
  t.equal(await status('DELETE', second, cohost.user.token), 204, 'a co-host of the ended show')
  t.equal(await status('DELETE', third, creator.token), 204)
  t.equal(await status('DELETE', `${path}/nothing`, creator.token), 404)
  t.equal((await listComments(creator, showId)).items.length, 2)
})

t.test('a deletion over REST is sent to members, and comments of a private show are hidden', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const received = collectComments(host)
  const { id } = await sendComment(host, 'a')
  t.equal(await status('DELETE', `/v1/shows/${showId}/comments/${id}`, creator.token), 204)
  await until(() => received.deletedIds.length > 0)
  t.same(received.deletedIds, [id])
  await creator.rest('PATCH', `/v1/shows/${showId}`, { visibility: 'private' })
  t.equal(await status('GET', `/v1/shows/${showId}/comments`), 404)
  t.equal(await status('GET', `/v1/shows/${showId}/comments`, creator.token), 200)
})

t.test("a person's comments are exported and erased", async t => {
  const { creator, client: host, showId } = await goLive(url)
  const [one, two] = [await joinShow(url, showId), await joinShow(url, showId)]
  const received = collectComments(host)
  const keeper = app.personalData.keepers().get('comments')!
  const exported = async (userId: string) => {
    const records: object[] = []
    for await (const record of keeper.export(userId)) records.push(record)
    return records
  }
  for (const { client } of [one, two]) for (const clientId of ['a', 'b']) await sendComment(client, clientId)
  t.match(await exported(one.user.id), [
    { clientId: 'b', text: 'Comment b', showId },
    { clientId: 'a', text: 'Comment a' }
  ])
  await keeper.erase(one.user.id)
  await keeper.erase(two.user.id)
  await keeper.erase(two.user.id)
  await until(() => received.deletedIds.length >= 4)
  t.same((await listComments(creator, showId)).items, [])
  t.same(await exported(one.user.id), [])
  const { comments } = await openComments(app.records)
  const remaining = await collect(comments.list('place', [showId]))
  t.equal(remaining.length, 4)
  t.notMatch(JSON.stringify(remaining), new RegExp(`${one.user.id}|${two.user.id}|Comment [ab]`))
})
