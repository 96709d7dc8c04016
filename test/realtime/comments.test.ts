import t from 'tap'
import type { Comment, CommentBatch, LiveComment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import { signInAsGuest, joinShow, goLive, signIn, type ShowClient, type TestUser } from '../users.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t, {
  AUTH_GUESTS: 'true',
  LIMIT_COMMENTS_PER_10S: '5',
  LIMIT_REACTIONS_PER_10S: '20'
})

/** Collects the comment batches that a client receives. */
function collectComments({ socket }: ShowClient): {
  comments: LiveComment[]
  deletedIds: string[]
  batches: CommentBatch[]
} {
  const received = { comments: [] as LiveComment[], deletedIds: [] as string[], batches: [] as CommentBatch[] }
  socket.on('comments', batch => {
    received.batches.push(batch)
    received.comments.push(...batch.comments)
    received.deletedIds.push(...batch.deletedIds)
  })
  return received
}

async function comment(client: ShowClient, clientId: string, text = `Comment ${clientId}`): Promise<LiveComment> {
  return (await client.request('comment:send', { clientId, text })).comment
}

async function listComments(user: TestUser, showId: string, query = ''): Promise<Page<Comment>> {
  return await user.rest('GET', `/v1/shows/${showId}/comments${query}`)
}

async function status(method: string, path: string, token?: string): Promise<number> {
  return (await fetch(url + path, { method, headers: token ? { authorization: `Bearer ${token}` } : {} })).status
}

t.test('every member receives each comment once, in the order of the store', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const people = await Promise.all(['One', 'Two', 'Three', 'Four'].map(async name => await joinShow(url, showId, name)))
  const received = [host, ...people.map(({ client }) => client)].map(collectComments)
  const sent = await Promise.all(
    people.flatMap(({ client }) => [1, 2, 3, 4, 5].map(async n => await comment(client, `c${n}`)))
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
    Array.from({ length: 10 }, async () => await comment(client, 'twin', 'One text'))
  )
  t.equal(new Set(repetitions.map(({ id }) => id)).size, 1)
  for (let n = 2; n <= 5; n++) await comment(client, `c${n}`)
  t.same(await comment(client, 'twin', 'Another text'), repetitions[0], 'a repetition is not counted')
  const answer = await client.requestRaw('comment:send', { clientId: 'c6', text: 'One too many' })
  t.match(answer, { ok: false, error: { code: 'RATE_LIMITED', retryAfterMs: Number } })
  t.same(await comment(client, 'twin'), repetitions[0], 'a repetition is answered at the limit')
  const { client: other } = await joinShow(url, showId)
  t.not((await comment(other, 'twin')).id, repetitions[0]!.id, 'the same clientId of another person is another comment')
  await until(() => received.comments.length >= 6)
  t.equal(received.comments.length, 6)
})

t.test('the limit of comments is checked before the text and the membership', async t => {
  const { showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  t.equal(
    await client.requestError('comment:send', { clientId: 'c0', text: '' }),
    'VALIDATION',
    'an invalid comment is not counted'
  )
  for (let n = 1; n <= 5; n++) await comment(client, `c${n}`)
  t.match(await client.requestRaw('comment:send', { clientId: 'c6', text: '' }), {
    ok: false,
    error: { code: 'RATE_LIMITED', retryAfterMs: Number }
  })
  t.equal((await comment(client, 'c1')).clientId, 'c1', 'a repetition is answered')
  await client.request('show:leave', {})
  t.equal(await client.requestError('comment:send', { clientId: 'c6', text: 'Outside' }), 'RATE_LIMITED')
  const { client: quiet } = await joinShow(url, showId)
  await quiet.request('show:leave', {})
  t.equal(await quiet.requestError('comment:send', { clientId: 'c1', text: 'Outside' }), 'NOT_IN_SHOW')
})

t.test('texts are normalized, and invalid texts and client ids are rejected', async t => {
  const { showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  t.equal((await comment(client, 'a', '  two\r\nlines  ')).text, 'two\nlines')
  for (const text of ['', '   ', '\u202eevil', 'x'.repeat(501), '\ud800']) {
    t.equal(await client.requestError('comment:send', { clientId: 'b', text }), 'VALIDATION', JSON.stringify(text))
  }
  for (const clientId of ['', 'not an id', 'x'.repeat(65), 'é', 'a\n']) {
    t.equal(await client.requestError('comment:send', { clientId, text: 'x' }), 'VALIDATION', JSON.stringify(clientId))
  }
  t.equal((await comment(client, 'phone:1/$ne.{2}')).clientId, 'phone:1/$ne.{2}', 'special characters are allowed')
})

t.test('authors and hosts delete comments, and a deleted comment stays deleted', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const [author, other] = [await joinShow(url, showId), await joinShow(url, showId)]
  const received = collectComments(other.client)
  const first = await comment(author.client, 'first')
  const second = await comment(author.client, 'second')
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

t.test(
  'slow mode, mutes and closed comments apply to listeners but not to hosts, and guests cannot comment',
  async t => {
    const { creator, client: host, showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
    const { user, client } = await joinShow(url, showId)
    const first = await comment(client, 'a')
    const slow = await client.requestRaw('comment:send', { clientId: 'b', text: 'Too soon' })
    if (slow.ok || slow.error.code !== 'RATE_LIMITED') return t.fail(JSON.stringify(slow))
    t.ok(slow.error.retryAfterMs! > 500_000 && slow.error.retryAfterMs! <= 600_000)
    t.same(await comment(client, 'a'), first, 'slow mode does not apply to a repetition')
    const { client: quick } = await joinShow(url, showId)
    const repetitions = await Promise.all([comment(quick, 'twin'), comment(quick, 'twin')])
    t.same(repetitions[0], repetitions[1], 'nor to concurrent repetitions')
    const { client: eager } = await joinShow(url, showId)
    const answers = await Promise.all(
      ['a', 'b', 'c'].map(async clientId => await eager.requestRaw('comment:send', { clientId, text: 'At once' }))
    )
    t.equal(answers.filter(({ ok }) => ok).length, 1, 'concurrent comments do not evade slow mode')
    await comment(host, 'a')
    await comment(host, 'b')

    await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { slowModeMs: 0 } })
    await host.request('comment:mute', { userId: user.id, muted: true })
    await host.request('comment:mute', { userId: user.id, muted: true })
    await client.waitForEvent('comments:muted')
    t.equal(await client.requestError('comment:send', { clientId: 'c', text: 'x' }), 'FORBIDDEN')
    t.equal(await client.requestError('comment:mute', { userId: user.id, muted: false }), 'FORBIDDEN')
    t.equal(await host.requestError('comment:mute', { userId: 'nobody', muted: true }), 'NOT_FOUND')
    t.equal(await host.requestError('comment:mute', { userId: creator.id, muted: true }), 'FORBIDDEN')
    await host.request('comment:mute', { userId: user.id, muted: false })
    await comment(client, 'c')
    t.equal(
      host.queueEvents.filter(({ event }) => event.type === 'comments:muted').length,
      2,
      'a repeated mute changes nothing'
    )

    await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { comments: 'closed' } })
    t.equal(await client.requestError('comment:send', { clientId: 'd', text: 'x' }), 'FORBIDDEN')
    await comment(host, 'c')

    const guest = await (await signInAsGuest(url)).connect()
    await guest.join(showId)
    t.equal(await guest.requestError('comment:send', { clientId: 'a', text: 'x' }), 'FORBIDDEN')
    await guest.request('reaction:send', { emoji: '👏' })
  }
)

t.test('people outside the show cannot comment or react', async t => {
  const client = await (await signIn(url, 'Outside')).connect()
  t.equal(await client.requestError('comment:send', { clientId: 'a', text: 'x' }), 'NOT_IN_SHOW')
  t.equal(await client.requestError('comment:delete', { commentId: 'a' }), 'NOT_IN_SHOW')
  t.equal(await client.requestError('comment:mute', { userId: 'a', muted: true }), 'NOT_IN_SHOW')
  t.equal(await client.requestError('reaction:send', { emoji: '👏' }), 'NOT_IN_SHOW')
})

t.test('reactions are sent as counts, and limited for each person', async t => {
  const { client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const counts: Record<string, number> = {}
  host.socket.on('reactions', batch => {
    for (const [emoji, n] of Object.entries(batch.counts)) counts[emoji] = (counts[emoji] ?? 0) + n
  })
  const answers = await Promise.all(
    Array.from({ length: 21 }, async (_, n) => await client.requestRaw('reaction:send', { emoji: n % 2 ? '👏🏽' : '❤️' }))
  )
  t.equal(answers.filter(({ ok }) => ok).length, 20)
  t.match(
    answers.find(({ ok }) => !ok),
    { error: { code: 'RATE_LIMITED', retryAfterMs: Number } }
  )
  await host.request('reaction:send', { emoji: '🎉' })
  await until(() => counts['🎉'] === 1)
  t.same(counts, { '❤️': 10, '👏🏽': 10, '🎉': 1 })
  for (const emoji of ['', 'a', '❤️❤️', '__proto__']) {
    t.equal(await host.requestError('reaction:send', { emoji }), 'VALIDATION')
  }
  t.equal(await client.requestError('reaction:send', { emoji: '' }), 'RATE_LIMITED', 'the limit is checked first')
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
  await Promise.all([comment(host, 'last', 'Good night'), client.request('reaction:send', { emoji: '👋' })])
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(() => order.includes('the end'))
  t.same(order, ['Good night', '👋', 'the end'])
  t.equal(await client.requestError('comment:send', { clientId: 'late', text: 'Too late' }), 'NOT_IN_SHOW')
})

t.test('comments are listed in pages, newest first, and can be deleted after the show', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const cohost = await joinShow(url, showId)
  const author = await joinShow(url, showId)
  await host.request('cohost:set', { userId: cohost.user.id, cohost: true })
  const sent = []
  for (let n = 1; n <= 5; n++) sent.push(await comment(author.client, `c${n}`))
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
  const { id } = await comment(host, 'a')
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
  for (const { client } of [one, two]) for (const clientId of ['a', 'b']) await comment(client, clientId)
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
  const remaining = await app.db.collection('comments').find({ showId }).toArray()
  t.equal(remaining.length, 4)
  t.notMatch(JSON.stringify(remaining), new RegExp(`${one.user.id}|${two.user.id}|Comment [ab]`))
})
