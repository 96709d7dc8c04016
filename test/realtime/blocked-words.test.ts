import t from 'tap'
import { goLive, joinShow, signIn } from '../users.ts'
import { startApp } from './real-app.ts'

const { url } = await startApp(t, { COMMENT_BLOCKED_WORDS: 'badword, spam*' })
const message = 'must not contain words that are blocked here'

/** Returns the issues of a request over REST, or its status when it has none. */
async function refused(token: string, method: string, path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  const { code, issues } = response.status === 204 ? {} : await response.json()
  return code === 'VALIDATION' ? issues : response.status
}

t.test('words that the operators block are refused in all texts that people write for others in a show', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const refuse = async (from: typeof host, event: Parameters<typeof host.requestRaw>[0], payload: object) => {
    const answer = await from.requestRaw(event, payload)
    t.match(answer, { ok: false, error: { code: 'VALIDATION', issues: [{ message }] } }, `${event} is refused`)
    return answer.ok ? [] : (answer.error.issues ?? []).map(({ path }) => path)
  }
  const url1 = 'https://example.org/'
  t.same(await refuse(host, 'link:pin', { url: url1, text: 'A b.a.d.w.o.r.d' }), ['/text'])
  t.same(await refuse(host, 'link:pin', { url: 'https://badword.example/', text: 'Tickets' }), ['/url'])
  t.same(await refuse(host, 'poll:open', { question: 'Spammers?', options: ['Yes', 'Badword', 'No'] }), [
    '/question',
    '/options/1'
  ])
  t.same(await refuse(host, 'show:announce', { text: 'badword' }), ['/text'])
  t.same(await refuse(client, 'speak:request', { reason: 'badword' }), ['/reason'])
  await client.request('speak:request', { reason: 'a bad word' })
  await host.request('link:pin', { url: url1, text: 'Tickets' })
  await host.request('poll:open', { question: 'Which?', options: ['Yes', 'No'] })
  t.same(await refused(creator.token, 'PATCH', `/v1/shows/${showId}`, { title: 'SPAM', tags: ['jazz', 'badword'] }), [
    { path: '/title', message },
    { path: '/tags/1', message }
  ])
})

t.test('they are refused over REST in names, profiles and shows, and not in reports', async t => {
  const { token } = await signIn(url, 'Anna')
  t.same(await refused(token, 'POST', '/v1/auth/dev-login', { displayName: 'Bádword' }), [
    { path: '/displayName', message }
  ])
  t.same(await refused(token, 'PATCH', '/v1/users/me', { displayName: 'badword', bio: 'One line\nspam' }), [
    { path: '/displayName', message },
    { path: '/bio', message }
  ])
  const links = [{ label: 'badword', url: 'https://example.org' }]
  t.same(await refused(token, 'PATCH', '/v1/users/me', { links }), [{ path: '/links/0/label', message }])
  t.same(await refused(token, 'POST', '/v1/shows', { title: 'A show', description: 'badword' }), [
    { path: '/description', message }
  ])
  t.equal(await refused(token, 'POST', '/v1/shows', { title: 'A show' }), 201)
  const { id: otherId } = await signIn(url, 'Other')
  const report = { kind: 'user', subjectId: otherId, reason: 'They wrote badword' }
  t.equal(await refused(token, 'POST', '/v1/reports', report), 201)
})
