import t from 'tap'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '5' })

async function ask(token: string, path = '/v1/users/me'): Promise<{ status: number; retryAfter: string | null }> {
  const { status, headers } = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  return { status, retryAfter: headers.get('retry-after') }
}

t.test('who tries tokens is slowed down by address, and nobody else there is', async t => {
  const person = await signIn(url, 'Somebody')
  for (let n = 0; n < 5; n++) t.match(await ask(`${person.token}x`), { status: 401 })
  t.match(await ask('made.up.token'), { status: 429, retryAfter: /^\d+$/ })
  t.match(await ask('made.up.token', '/v1/songs'), { status: 429 }, 'wherever they try')
  t.match(await ask('made.up.token', '/v1/shows'), { status: 429 }, 'also where nobody needs a token')
  t.match(
    await ask('made.up.token', '/v1/operator/reports'),
    { status: 404 },
    'and where there is nothing for them to find'
  )
  t.match(await ask(person.token), { status: 200 })
  t.equal((await fetch(`${url}/v1/shows`)).status, 200)
})
