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

/** What a client has been told. */
function listen({ socket }: ShowClient): { comments: LiveComment[]; deletedIds: string[]; batches: CommentBatch[] } {
  const heard = { comments: [] as LiveComment[], deletedIds: [] as string[], batches: [] as CommentBatch[] }
  socket.on('comments', batch => {
    heard.batches.push(batch)
    heard.comments.push(...batch.comments)
    heard.deletedIds.push(...batch.deletedIds)
  })
  return heard
}

async function say(seat: ShowClient, clientId: string, text = `I say ${clientId}`): Promise<LiveComment> {
  return (await seat.request('comment:send', { clientId, text })).comment
}

async function listed(who: TestUser, showId: string, query = ''): Promise<Page<Comment>> {
  return await who.rest('GET', `/v1/shows/${showId}/comments${query}`)
}

async function status(method: string, path: string, token?: string): Promise<number> {
  return (await fetch(url + path, { method, headers: token ? { authorization: `Bearer ${token}` } : {} })).status
}

t.test('what is written reaches everybody once, in the order in which it is stored', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const people = await Promise.all(['One', 'Two', 'Three', 'Four'].map(async name => await joinShow(url, showId, name)))
  const heard = [host, ...people.map(({ client }) => client)].map(listen)
  const sent = await Promise.all(
    people.flatMap(({ client }) => [1, 2, 3, 4, 5].map(async n => await say(client, `c${n}`)))
  )
  await until(() => heard.every(({ comments }) => comments.length >= 20))
  const { items } = await listed(creator, showId, '?limit=100')
  const order = items.map(({ id }) => id).reverse()
  for (const { comments } of heard) {
    t.same(
      comments.map(({ id }) => id),
      order
    )
  }
  t.same(sent.map(({ id }) => id).sort(), [...order].sort())
  for (const { user } of people) {
    t.same(
      heard[0]!.comments.filter(({ author }) => author.id === user.id).map(({ clientId }) => clientId),
      ['c1', 'c2', 'c3', 'c4', 'c5'],
      "nobody's comments overtake each other"
    )
  }
  const times = heard[0]!.comments.map(({ createdAt }) => createdAt)
  t.same(
    times,
    [...new Set(times)].sort((a, b) => a - b),
    'strictly increasing'
  )
  t.ok(heard[0]!.batches.length < 20, 'in batches')
})

t.test('the same clientId is the same comment: at once, later, and when too many are sent', async t => {
  const { client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const heard = listen(host)
  const twins = await Promise.all(Array.from({ length: 10 }, async () => await say(client, 'twin', 'Said once')))
  t.equal(new Set(twins.map(({ id }) => id)).size, 1)
  for (let n = 2; n <= 5; n++) await say(client, `c${n}`)
  t.same(await say(client, 'twin', 'Said otherwise'), twins[0], 'and not counted')
  const answer = await client.requestRaw('comment:send', { clientId: 'c6', text: 'One too many' })
  t.match(answer, { ok: false, error: { code: 'RATE_LIMITED', retryAfterMs: Number } })
  t.same(await say(client, 'twin'), twins[0], 'also when nothing new is allowed')
  const { client: other } = await joinShow(url, showId)
  t.not((await say(other, 'twin')).id, twins[0]!.id, "somebody else's is another")
  await until(() => heard.comments.length >= 6)
  t.equal(heard.comments.length, 6)
})

t.test('who comments too much is told so before anything else', async t => {
  const { showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  t.equal(await client.requestError('comment:send', { clientId: 'c0', text: '' }), 'VALIDATION', 'which does not count')
  for (let n = 1; n <= 5; n++) await say(client, `c${n}`)
  t.match(await client.requestRaw('comment:send', { clientId: 'c6', text: '' }), {
    ok: false,
    error: { code: 'RATE_LIMITED', retryAfterMs: Number }
  })
  t.equal((await say(client, 'c1')).clientId, 'c1', 'what was sent before is answered')
  await client.request('show:leave', {})
  t.equal(await client.requestError('comment:send', { clientId: 'c6', text: 'Outside' }), 'RATE_LIMITED')
  const { client: quiet } = await joinShow(url, showId)
  await quiet.request('show:leave', {})
  t.equal(await quiet.requestError('comment:send', { clientId: 'c1', text: 'Outside' }), 'NOT_IN_SHOW')
})

t.test('texts are for people', async t => {
  const { showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  t.equal((await say(client, 'a', '  two\r\nlines  ')).text, 'two\nlines')
  for (const text of ['', '   ', '\u202eevil', 'x'.repeat(501), '\ud800']) {
    t.equal(await client.requestError('comment:send', { clientId: 'b', text }), 'VALIDATION', JSON.stringify(text))
  }
  for (const clientId of ['', 'not an id', 'x'.repeat(65), 'é', 'a\n']) {
    t.equal(await client.requestError('comment:send', { clientId, text: 'x' }), 'VALIDATION', JSON.stringify(clientId))
  }
  t.equal(
    (await say(client, 'phone:1/$ne.{2}')).clientId,
    'phone:1/$ne.{2}',
    'a client calls its comments what it likes'
  )
})

t.test('authors and hosts delete, and a deleted comment stays deleted', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const [author, other] = [await joinShow(url, showId), await joinShow(url, showId)]
  const heard = listen(other.client)
  const first = await say(author.client, 'first')
  const second = await say(author.client, 'second')
  t.equal(await other.client.requestError('comment:delete', { commentId: first.id }), 'FORBIDDEN')
  t.equal(await other.client.requestError('comment:delete', { commentId: 'nothing' }), 'NOT_FOUND')
  await author.client.request('comment:delete', { commentId: first.id })
  await host.request('comment:delete', { commentId: second.id })
  await host.request('comment:delete', { commentId: second.id })
  await until(() => heard.deletedIds.length >= 2)
  t.same(heard.deletedIds, [first.id, second.id], 'told once')
  t.equal(await author.client.requestError('comment:send', { clientId: 'first', text: 'Once more' }), 'NOT_FOUND')
  t.same((await listed(creator, showId)).items, [])
  const { client: elsewhere } = await goLive(url)
  t.equal(await elsewhere.requestError('comment:delete', { commentId: first.id }), 'NOT_FOUND', 'not of this show')
})

t.test('closed, silenced, slowed down, and guests', async t => {
  const { creator, client: host, showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
  const { user, client } = await joinShow(url, showId)
  const said = await say(client, 'a')
  const slow = await client.requestRaw('comment:send', { clientId: 'b', text: 'Too soon' })
  if (slow.ok || slow.error.code !== 'RATE_LIMITED') return t.fail(JSON.stringify(slow))
  t.ok(slow.error.retryAfterMs! > 500_000 && slow.error.retryAfterMs! <= 600_000)
  t.same(await say(client, 'a'), said, 'a repeat is not slowed down')
  const { client: quick } = await joinShow(url, showId)
  const twins = await Promise.all([say(quick, 'twin'), say(quick, 'twin')])
  t.same(twins[0], twins[1], 'nor are twins')
  const { client: eager } = await joinShow(url, showId)
  const answers = await Promise.all(
    ['a', 'b', 'c'].map(async clientId => await eager.requestRaw('comment:send', { clientId, text: 'At once' }))
  )
  t.equal(answers.filter(({ ok }) => ok).length, 1, 'nobody slips through by being quick')
  await say(host, 'a')
  await say(host, 'b')

  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { slowModeMs: 0 } })
  await host.request('comment:mute', { userId: user.id, muted: true })
  await host.request('comment:mute', { userId: user.id, muted: true })
  await client.waitForEvent('comments:muted')
  t.equal(await client.requestError('comment:send', { clientId: 'c', text: 'x' }), 'FORBIDDEN')
  t.equal(await client.requestError('comment:mute', { userId: user.id, muted: false }), 'FORBIDDEN')
  t.equal(await host.requestError('comment:mute', { userId: 'nobody', muted: true }), 'NOT_FOUND')
  t.equal(await host.requestError('comment:mute', { userId: creator.id, muted: true }), 'FORBIDDEN')
  await host.request('comment:mute', { userId: user.id, muted: false })
  await say(client, 'c')
  t.equal(
    host.queueEvents.filter(({ event }) => event.type === 'comments:muted').length,
    2,
    'silencing the silenced changes nothing'
  )

  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { comments: 'closed' } })
  t.equal(await client.requestError('comment:send', { clientId: 'd', text: 'x' }), 'FORBIDDEN')
  await say(host, 'c')

  const guest = await (await signInAsGuest(url)).connect()
  await guest.join(showId)
  t.equal(await guest.requestError('comment:send', { clientId: 'a', text: 'x' }), 'FORBIDDEN')
  await guest.request('reaction:send', { emoji: '👏' })
})

t.test('outside the show nothing is written and nobody reacts', async t => {
  const seat = await (await signIn(url, 'Outside')).connect()
  t.equal(await seat.requestError('comment:send', { clientId: 'a', text: 'x' }), 'NOT_IN_SHOW')
  t.equal(await seat.requestError('comment:delete', { commentId: 'a' }), 'NOT_IN_SHOW')
  t.equal(await seat.requestError('comment:mute', { userId: 'a', muted: true }), 'NOT_IN_SHOW')
  t.equal(await seat.requestError('reaction:send', { emoji: '👏' }), 'NOT_IN_SHOW')
})

t.test("reactions are counted together, and each person's are limited", async t => {
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
  t.equal(await client.requestError('reaction:send', { emoji: '' }), 'RATE_LIMITED', 'the limit is looked at first')
})

t.test('what was written just before the end is told before the end', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const order: string[] = []
  client.socket.on('comments', ({ comments }) => order.push(...comments.map(({ text }) => text)))
  client.socket.on('reactions', ({ counts }) => order.push(...Object.keys(counts)))
  client.socket.on('room:event', ({ event }) => {
    if (event.type === 'show:ended') order.push('the end')
  })
  await Promise.all([say(host, 'last', 'Good night'), client.request('reaction:send', { emoji: '👋' })])
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(() => order.includes('the end'))
  t.same(order, ['Good night', '👋', 'the end'])
  t.equal(await client.requestError('comment:send', { clientId: 'late', text: 'Too late' }), 'NOT_IN_SHOW')
})

t.test('the list is newest first, in pages, also after the show, for who may see the show', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const cohost = await joinShow(url, showId)
  const author = await joinShow(url, showId)
  await host.request('cohost:set', { userId: cohost.user.id, cohost: true })
  const said = []
  for (let n = 1; n <= 5; n++) said.push(await say(author.client, `c${n}`))
  const pages: string[][] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page<Comment> = await listed(author.user, showId, `?limit=2${cursor && `&cursor=${cursor}`}`)
    pages.push(page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  t.same(
    pages.map(({ length }) => length),
    [2, 2, 1]
  )
  t.same(pages.flat(), said.map(({ id }) => id).reverse())
  const path = `/v1/shows/${showId}/comments`
  t.equal(await status('GET', path), 200, 'open')
  t.equal(await status('GET', '/v1/shows/nothing/comments'), 404)
  t.equal(await status('GET', `${path}?cursor=nonsense`), 400)

  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const stranger = await signIn(url, 'Stranger')
  const [first, second, third] = said.map(({ id }) => `${path}/${id}`) as [string, string, string]
  t.equal(await status('DELETE', first), 401)
  t.equal(await status('DELETE', first, stranger.token), 403)
  t.equal(await status('DELETE', first, author.user.token), 204)
  t.equal(await status('DELETE', second, cohost.user.token), 204, 'a co-host of the show that is over')
  t.equal(await status('DELETE', third, creator.token), 204)
  t.equal(await status('DELETE', `${path}/nothing`, creator.token), 404)
  t.equal((await listed(creator, showId)).items.length, 2)
})

t.test(
  'deleting over REST is told to those who are there; private shows keep their comments to themselves',
  async t => {
    const { creator, client: host, showId } = await goLive(url)
    const heard = listen(host)
    const { id } = await say(host, 'a')
    t.equal(await status('DELETE', `/v1/shows/${showId}/comments/${id}`, creator.token), 204)
    await until(() => heard.deletedIds.length > 0)
    t.same(heard.deletedIds, [id])
    await creator.rest('PATCH', `/v1/shows/${showId}`, { visibility: 'private' })
    t.equal(await status('GET', `/v1/shows/${showId}/comments`), 404)
    t.equal(await status('GET', `/v1/shows/${showId}/comments`, creator.token), 200)
  }
)

t.test("somebody's comments are given out, and erased everywhere", async t => {
  const { creator, client: host, showId } = await goLive(url)
  const [one, two] = [await joinShow(url, showId), await joinShow(url, showId)]
  const heard = listen(host)
  const keeper = app.personalData.keepers().get('comments')!
  const held = async (userId: string) => {
    const records: object[] = []
    for await (const record of keeper.export(userId)) records.push(record)
    return records
  }
  for (const { client } of [one, two]) for (const clientId of ['a', 'b']) await say(client, clientId)
  t.match(await held(one.user.id), [
    { clientId: 'b', text: 'I say b', showId },
    { clientId: 'a', text: 'I say a' }
  ])
  await keeper.erase(one.user.id)
  await keeper.erase(two.user.id)
  await keeper.erase(two.user.id)
  await until(() => heard.deletedIds.length >= 4)
  t.same((await listed(creator, showId)).items, [])
  t.same(await held(one.user.id), [])
  const left = await app.db.collection('comments').find({ showId }).toArray()
  t.equal(left.length, 4)
  t.notMatch(JSON.stringify(left), new RegExp(`${one.user.id}|${two.user.id}|I say`))
})
