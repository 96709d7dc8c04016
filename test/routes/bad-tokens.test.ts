import t from 'tap'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '5' })

async function send(token: string, path = '/v1/users/me'): Promise<{ status: number; retryAfter: string | null }> {
  const { status, headers } = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  return { status, retryAfter: headers.get('retry-after') }
}

t.test('invalid tokens are limited by address, without limiting valid callers there', async t => {
  const person = await signIn(url, 'Somebody')
  for (let n = 0; n < 5; n++) t.match(await send(`${person.token}x`), { status: 401 })
  t.match(await send('made.up.token'), { status: 429, retryAfter: /^\d+$/ })
  t.match(await send('made.up.token', '/v1/songs'), { status: 429 }, 'on every route')
  t.match(await send('made.up.token', '/v1/shows'), { status: 429 }, 'also on open routes')
  t.match(await send('made.up.token', '/v1/operator/reports'), { status: 404 }, 'routes of operators stay hidden')
  t.match(await send(person.token), { status: 200 })
  t.equal((await fetch(`${url}/v1/shows`)).status, 200)
})
