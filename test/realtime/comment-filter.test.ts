import t from 'tap'
import { goLive, joinShow } from '../users.ts'
import { collectComments, sendComment } from './comment-steps.ts'
import { startApp } from './real-app.ts'

const { url } = await startApp(t, { COMMENT_BLOCKED_WORDS: 'badword, spam*', LIMIT_COMMENTS_PER_10S: '7' })

t.test('a server refuses comments with blocked words, from everybody', async t => {
  const { client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const received = collectComments(host)
  const refuse = async (clientId: string, text: string) => await client.requestRaw('comment:send', { clientId, text })
  t.match(await refuse('a', 'Such a B.a.d.w.o.r.d'), {
    ok: false,
    error: { code: 'COMMENT_REFUSED', message: 'This comment has a word that is blocked here.' }
  })
  t.match(await refuse('b', 'spammers!'), { error: { code: 'COMMENT_REFUSED' } })
  t.equal(await host.requestError('comment:send', { clientId: 'a', text: 'badword' }), 'COMMENT_REFUSED')
  await sendComment(client, 'a', 'A changed text')
  await sendComment(client, 'c', 'See https://example.org')
  t.same(
    received.comments.filter(({ text }) => /bad|spam/i.test(text)),
    [],
    'nobody has seen a refused text'
  )
  for (const n of [1, 2, 3]) await refuse(`d${n}`, 'badword')
  t.match(await refuse('e', 'badword'), { error: { code: 'RATE_LIMITED' } }, 'refused comments count')
})

t.test('the creator says who may send links', async t => {
  const { creator, client: host, showId } = await goLive(url, 'A show', { commentLinks: 'hosts' })
  const { client } = await joinShow(url, showId)
  const link = async (from: typeof host, clientId: string) =>
    await from.requestError('comment:send', { clientId, text: 'See example.org/page' })
  t.equal(await link(client, 'a'), 'COMMENT_REFUSED')
  await sendComment(host, 'a', 'See example.org/page')
  await sendComment(client, 'b', 'No link. At 12:30, me@example.org')
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { commentLinks: 'nobody' } })
  t.equal(await link(host, 'b'), 'COMMENT_REFUSED')
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { commentLinks: 'everybody' } })
  await sendComment(client, 'c', 'See example.org/page')
})
