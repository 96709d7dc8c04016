import t from 'tap'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import type { Show } from '../../contract/shows.ts'

const { url } = await startApp(t)

t.test('an empty body is accepted whatever its content type, and text/plain never is', async t => {
  const person = await signIn(url, 'Somebody')
  const { id } = await person.rest<Show>('POST', '/v1/shows', { title: 'A show' })
  const request = async (method: string, path: string, type: string, body?: string) =>
    await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${person.token}`, 'content-type': type },
      ...(body !== undefined && { body })
    })
  const send = async (...args: Parameters<typeof request>) => (await request(...args)).status
  const issues = async (...args: Parameters<typeof request>) => (await (await request(...args)).json()).issues
  t.equal(await send('POST', `/shows/${id}/start`, 'application/json'), 200)
  t.equal(await send('POST', `/shows/${id}/end`, 'application/json', ''), 200)
  t.equal(await send('POST', '/shows', 'application/json', ''), 400, 'a required body is missing')
  t.equal(await send('POST', '/shows', 'application/json', '{"title":'), 400)
  t.equal(await send('POST', '/shows', 'application/json', '{"__proto__":{"title":"x"},"title":"y"}'), 400)
  t.same(
    await issues('POST', '/shows', 'application/json', '{"title":'),
    [{ path: '', message: 'The body is not JSON.' }],
    'an issue is listed although no place is known'
  )
  t.same(await issues('GET', '/users/%E0%A4%A', 'application/json'), [{ path: '', message: 'The URL is malformed.' }])
  t.equal(await send('POST', '/shows', 'text/plain', 'A show'), 415)
  t.equal(await send('POST', '/shows', 'application/json', JSON.stringify({ title: 'x'.repeat(1_100_000) })), 413)
})

t.test('a body on a route that takes none must be empty', async t => {
  const person = await signIn(url, 'Somebody')
  const other = await signIn(url, 'Other')
  const send = async (method: string, path: string, body: unknown, token = person.token) => {
    const answer = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    const text = await answer.text()
    return { status: answer.status, issues: text === '' ? [] : JSON.parse(text).issues }
  }
  const follow = `/users/${other.id}/follow`
  for (const method of ['PUT', 'DELETE']) {
    t.match(
      await send(method, follow, { note: 'hello' }),
      { status: 400, issues: [{ path: '/note', message: 'is not a known property' }] },
      method
    )
    t.match(await send(method, follow, [1]), { status: 400, issues: [{ path: '', message: 'must be empty' }] }, method)
    for (const empty of [{}, null]) {
      t.equal((await send(method, follow, empty)).status, 204, `${method} ${JSON.stringify(empty)}`)
    }
  }
  t.equal((await send('PUT', follow, { note: 'hello' }, 'nobody')).status, 401, 'the token is checked before the body')
  t.equal((await send('PUT', '/nowhere', { note: 'hello' })).status, 404, 'so is the route')
})
