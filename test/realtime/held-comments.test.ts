import t from 'tap'
import type { HeldComment } from '../../contract/held-comments.ts'
import { goLive, joinShow, type ShowClient, type TestUser } from '../users.ts'
import { listLog } from './cluster/acknowledged.ts'
import { collectComments, listComments, sendComment } from './comment-steps.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t, { LIMIT_COMMENTS_PER_10S: '1000' })

/** Collects everything that a client receives, as text. */
function record({ socket }: ShowClient): () => string {
  const received: unknown[] = []
  socket.onAny((...message: unknown[]) => received.push(message))
  return () => JSON.stringify(received)
}

const heldBy = async (client: ShowClient): Promise<HeldComment[]> => (await client.request('comments:held', {})).items
const isHeld = async (client: ShowClient, clientId: string, text = `Text ${clientId}`) =>
  (await client.request('comment:send', { clientId, text })).comment.held === true
const answered = (client: ShowClient) => {
  const answers: object[] = []
  client.socket.on('comment:answered', ({ clientId, accepted }) => answers.push({ clientId, accepted }))
  return answers
}

/** Opens a show that holds first comments, with its author of one and a listener. */
async function open(settings: object = {}) {
  const { creator, client: host, showId } = await goLive(url, 'A show', { firstComments: 'held', ...settings })
  const { user, client } = await joinShow(url, showId, 'Author')
  const other = await joinShow(url, showId, 'Other')
  return { creator, host, showId, user, client, other }
}

t.test('a first comment waits for the hosts, and nobody else sees anything of it', async t => {
  const { creator, host, showId, user, client, other } = await open()
  const [toOther, toHost] = [record(other.client), record(host)]
  const answers = answered(client)
  const { comment } = await client.request('comment:send', { clientId: 'a', text: 'A secret' })
  t.match(comment, { clientId: 'a', text: 'A secret', author: { id: user.id }, held: true })
  await until(() => toHost().includes('comments:held'))
  t.match(await heldBy(host), [{ id: comment.id, clientId: 'a', author: { id: user.id }, text: 'A secret' }])
  t.match(await heldBy(client), [{ id: comment.id }], 'the author sees their own')
  t.same(await heldBy(other.client), [])
  t.equal(await other.client.requestError('comment:answer', { heldId: comment.id, accept: true }), 'FORBIDDEN')
  t.equal(await client.requestError('comment:answer', { heldId: comment.id, accept: true }), 'FORBIDDEN')

  const { snapshot } = await other.client.request('show:resync', {})
  const { client: late } = await joinShow(url, showId, 'Late')
  const records = await listLog(app.records, showId)
  t.ok(records.length > 0)
  for (const seen of [
    toOther(),
    toHost(),
    JSON.stringify([snapshot, records, (await listComments(creator, showId)).items, await heldBy(late)]),
    JSON.stringify(await other.user.rest('GET', '/v1/users/me/export')),
    JSON.stringify(await creator.rest('GET', '/v1/users/me/export'))
  ]) {
    t.notMatch(seen, /A secret/)
    t.notMatch(seen, new RegExp(comment.id))
  }
  t.match(await user.rest('GET', '/v1/users/me/export'), { heldComments: [{ text: 'A secret' }] })

  const received = collectComments(other.client)
  const before = Date.now()
  await host.request('comment:answer', { heldId: comment.id, accept: true })
  await until(() => received.comments.length === 1 && answers.length === 1)
  t.match(received.comments, [{ clientId: 'a', text: 'A secret', author: { id: user.id, displayName: 'Author' } }])
  t.ok(received.comments[0]!.createdAt >= before, 'it has the time of the approval')
  t.notOk('held' in received.comments[0]!)
  t.same(answers, [{ clientId: 'a', accepted: true }])
  t.same(await heldBy(host), [])
  t.equal(await host.requestError('comment:answer', { heldId: comment.id, accept: true }), 'NOT_FOUND')
  t.equal(await isHeld(client, 'a', 'A secret'), false, 'a repetition is the published comment')
  t.equal(await isHeld(client, 'b'), false, 'and the next one need not wait')
  t.equal((await listComments(creator, showId)).items.length, 2)
})

t.test('a person is trusted in all shows of the creator, also when the show ends, and in no others', async t => {
  const { creator, host, showId, user, client } = await open()
  const { comment } = await client.request('comment:send', { clientId: 'a', text: 'Hello' })
  await host.request('comment:answer', { heldId: comment.id, accept: true })
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const next = await creator.rest<{ id: string }>('POST', '/v1/shows', {
    title: 'Next',
    settings: { firstComments: 'held' }
  })
  await creator.rest('POST', `/v1/shows/${next.id}/start`)
  const again = await user.connect()
  await again.join(next.id)
  t.equal(await isHeld(again, 'a'), false)
  const elsewhere = await open()
  const there = await user.connect()
  await there.join(elsewhere.showId)
  t.equal(await isHeld(there, 'a'), true)
  await user.rest('DELETE', '/v1/users/me')
  t.same(await heldBy(elsewhere.host), [], 'a held comment goes with the account')
  t.equal(await app.heldComments.isTrusted(creator.id, user.id), false, 'and so does the trust')
})

t.test('a declined comment is told to its author only, who may send another one', async t => {
  const { creator, host, showId, client, other } = await open()
  const [answers, toOther] = [answered(client), record(other.client)]
  const { comment } = await client.request('comment:send', { clientId: 'a', text: 'First' })
  t.equal((await client.request('comment:send', { clientId: 'a', text: 'First' })).comment.id, comment.id, 'repeated')
  t.equal(await client.requestError('comment:send', { clientId: 'b', text: 'Second' }), 'COMMENT_REFUSED')
  await host.request('comment:answer', { heldId: comment.id, accept: false })
  await until(() => answers.length === 1)
  t.same(answers, [{ clientId: 'a', accepted: false }])
  t.equal(await isHeld(client, 'b'), true, 'they are not trusted')
  t.notMatch(toOther(), /First|answered|comments:held/)
  t.same((await listComments(creator, showId)).items, [])
})

t.test(
  'hosts need not wait, comments that break a rule are refused, and a show without the setting holds nothing',
  async t => {
    const { creator, host, user, client, showId } = await open()
    await sendComment(host, 'a')
    await host.request('cohost:set', { userId: user.id, cohost: true })
    t.equal(await isHeld(client, 'a'), false)
    await host.request('cohost:set', { userId: user.id, cohost: false })
    await host.request('comment:mute', { userId: user.id, muted: true })
    t.equal(await client.requestError('comment:send', { clientId: 'b', text: 'Muted' }), 'FORBIDDEN')
    t.same(await heldBy(host), [])
    await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { firstComments: 'open' } })
    const { client: late } = await joinShow(url, showId, 'Late')
    t.equal(await isHeld(late, 'a'), false)
  }
)

const endings: Record<string, (scene: Awaited<ReturnType<typeof open>>, heldId: string) => Promise<unknown>> = {
  'a comment does not wait any more when the author withdraws it': async ({ client }, commentId) =>
    await client.request('comment:delete', { commentId }),
  'a comment does not wait any more when a host deletes it': async ({ host }, commentId) =>
    await host.request('comment:delete', { commentId }),
  'a comment does not wait any more when the author is muted': async ({ host, user }) =>
    await host.request('comment:mute', { userId: user.id, muted: true }),
  'a comment does not wait any more when the author is removed': async ({ host, user }) =>
    await host.request('member:remove', { userId: user.id, ban: false }),
  'a comment does not wait any more when the author is banned': async ({ host, user }) =>
    await host.request('member:remove', { userId: user.id, ban: true }),
  'a comment does not wait any more when the author is blocked': async ({ creator, user }) =>
    await creator.rest('PUT', `/v1/users/me/blocks/${user.id}`),
  'a comment does not wait any more when the author erases their account': async ({ user }) =>
    await user.rest('DELETE', '/v1/users/me'),
  'a comment does not wait any more when the show ends': async ({ creator, showId }) =>
    await creator.rest('POST', `/v1/shows/${showId}/end`)
}
for (const [name, end] of Object.entries(endings)) {
  t.test(name, async t => {
    const scene = await open()
    const { comment } = await scene.client.request('comment:send', { clientId: 'a', text: 'Waiting' })
    const { client: helper, user } = await joinShow(url, scene.showId, 'Helper')
    await scene.host.request('cohost:set', { userId: user.id, cohost: true })
    await end(scene, comment.id)
    await until(async () => (await app.heldComments.count(scene.showId)) === 0)
    const code = await helper.requestError('comment:answer', { heldId: comment.id, accept: true })
    t.ok(['NOT_FOUND', 'NOT_IN_SHOW', 'SHOW_ENDED'].includes(code), code)
    t.same((await listComments(user as TestUser, scene.showId)).items, [])
  })
}

t.test('two answers at the same time publish a comment at most once', async t => {
  const { creator, host, client, showId } = await open()
  const { comment } = await client.request('comment:send', { clientId: 'a', text: 'Once' })
  const answers = await Promise.all(
    [true, false, true].map(async accept => await host.requestRaw('comment:answer', { heldId: comment.id, accept }))
  )
  t.equal(answers.filter(({ ok }) => ok).length, 1)
  t.equal((await listComments(creator, showId)).items.length, 1)
  t.equal(await app.heldComments.count(showId), 0)
})
