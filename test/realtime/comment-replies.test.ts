import t from 'tap'
import { goLive, joinShow } from '../users.ts'
import { collectComments, listComments, sendComment } from './comment-steps.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t)

t.test('a reply names the comment before it, until that is deleted', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId, 'Ann')
  const received = collectComments(host)
  const original = await sendComment(client, 'a', `A question\nwith ${'many words '.repeat(20)}`)
  const answer = await host.request('comment:send', { clientId: 'b', text: 'An answer', replyTo: original.id })
  const { replyTo } = answer.comment
  t.match(replyTo, { id: original.id, author: { id: user.id, displayName: 'Ann' } })
  t.match(replyTo?.excerpt, /^A question with many words .*…$/)
  t.equal(replyTo?.excerpt.length, 101)
  await until(() =>
    received.comments.some(({ id, replyTo }) => id === answer.comment.id && replyTo?.id === original.id)
  )
  t.same((await listComments(creator, showId)).items[0]?.replyTo, replyTo, 'in the history, too')

  await client.request('comment:delete', { commentId: original.id })
  const deleted = { id: original.id, author: null, excerpt: '' }
  t.same((await listComments(creator, showId)).items[0]?.replyTo, deleted)
  const late = await host.request('comment:send', { clientId: 'c', text: 'Too late', replyTo: original.id })
  t.same(late.comment.replyTo, deleted)
})

t.test('a reply that is on its way while its comment is deleted does not show the deleted text', async t => {
  const { client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId, 'Ann')
  const received = collectComments(host)
  const original = await sendComment(client, 'a', 'A secret')
  // The reply was quoted before the deletion, and is stored after it.
  const { users } = app
  const { people } = users
  const isQuoted = Promise.withResolvers<void>()
  const mayGoOn = Promise.withResolvers<void>()
  users.people = async ids => {
    const found = await people(ids)
    isQuoted.resolve()
    await mayGoOn.promise
    return found
  }
  t.teardown(() => Object.assign(users, { people }))
  const sending = host.request('comment:send', { clientId: 'b', text: 'An answer', replyTo: original.id })
  await isQuoted.promise
  users.people = people
  await client.request('comment:delete', { commentId: original.id })
  await until(() => received.deletedIds.includes(original.id))
  mayGoOn.resolve()
  const deleted = { id: original.id, author: null, excerpt: '' }
  const { comment } = await sending
  t.same(comment.replyTo, deleted)
  await until(() => received.comments.some(({ id }) => id === comment.id))
  t.same(received.comments.find(({ id }) => id === comment.id)?.replyTo, deleted)
})

t.test('a reply is to a comment of the same show', async t => {
  const { client: host } = await goLive(url)
  const { client: other } = await goLive(url)
  const elsewhere = await sendComment(other, 'a')
  const reply = async (replyTo: string) =>
    await host.requestError('comment:send', { clientId: 'r', text: 'x', replyTo })
  t.equal(await reply(elsewhere.id), 'NOT_FOUND')
  t.equal(await reply('nothing'), 'NOT_FOUND')
  t.equal(await reply('not an id'), 'VALIDATION')
})

t.test('a mention ends with the account of the person', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user: ann } = await joinShow(url, showId, 'Ann')
  const { user: bob } = await joinShow(url, showId, 'Bob')
  await host.request('comment:send', { clientId: 'a', text: '@Ann and @Bob, hello', mentions: [ann.id, bob.id] })
  await ann.rest('DELETE', '/v1/users/me')
  const { items } = await listComments(creator, showId)
  t.same(items[0]?.mentions, [{ userId: bob.id, name: 'Bob' }])
  await bob.rest('DELETE', '/v1/users/me')
  t.notHas((await listComments(creator, showId)).items[0], { mentions: [] })
  const { comments } = await creator.rest<{ comments: unknown }>('GET', '/v1/users/me/export')
  t.match(comments, [{ text: '@Ann and @Bob, hello', mentions: [ann.id, bob.id] }], 'ids only')
})

t.test('a comment mentions people in the show whom its text names, and nobody else', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user: ann } = await joinShow(url, showId, 'Ann')
  const { user: bob } = await joinShow(url, showId, 'Bob')
  const { creator: stranger } = await goLive(url)
  const send = async (clientId: string, mentions: string[]) =>
    await host.request('comment:send', { clientId, text: '@Ann and @Creator, hello', mentions })
  const { comment } = await send('a', [ann.id, ann.id, bob.id, stranger.id, 'nobody'])
  t.same(comment.mentions, [{ userId: ann.id, name: 'Ann' }])
  t.same((await listComments(creator, showId)).items[0]?.mentions, comment.mentions)
  t.equal('mentions' in (await send('b', [])).comment, false)
  t.equal(
    await host.requestError('comment:send', { clientId: 'c', text: 'x', mentions: Array(11).fill('a') }),
    'VALIDATION'
  )
})

t.test('a mention does not tell whether somebody listens who does not want to be listed', async t => {
  const { client: host, showId } = await goLive(url)
  const { user: hidden, client } = await joinShow(url, showId, 'Hidden')
  await hidden.rest('PATCH', '/v1/users/me', { listedInShows: false })
  const mentionHidden = async (clientId: string) => {
    const { comment } = await host.request('comment:send', { clientId, text: '@Hidden?', mentions: [hidden.id] })
    return comment.mentions
  }
  t.equal(await mentionHidden('a'), undefined)
  await sendComment(client, 'b')
  t.same(await mentionHidden('c'), [{ userId: hidden.id, name: 'Hidden' }], 'once everybody has seen them')
})
