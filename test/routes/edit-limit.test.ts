import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { startApp } from '../realtime/real-app.ts'
import { signIn } from '../users.ts'
import { createUserRequests } from './users/user-requests.ts'

const { url } = await startApp(t, { LIMIT_EDITS_PER_MINUTE: '3' })
const { send } = createUserRequests(url)

t.test('a person creates a limited number of shows in a minute, also of shows that end', async t => {
  const [creator, other] = [await signIn(url, 'Creator'), await signIn(url, 'Other')]
  for (let n = 0; n < 3; n++) {
    const { status, body } = await send<Show>(creator, 'POST', '/v1/shows', { title: 'A show' })
    t.equal(status, 201)
    for (const act of ['start', 'end']) {
      t.equal((await send(creator, 'POST', `/v1/shows/${body.id}/${act}`)).status, 200)
    }
  }
  t.match(await send(creator, 'POST', '/v1/shows', { title: 'A show' }), {
    status: 429,
    body: { code: 'RATE_LIMITED' }
  })
  t.equal((await send(other, 'POST', '/v1/shows', { title: 'A show' })).status, 201)
})

for (const [what, pathOf] of [
  ['shows', (showId: string) => `/v1/shows/${showId}`],
  ['their profile', () => '/v1/users/me']
] as const) {
  t.test(`a person changes ${what} a limited number of times in a minute`, async t => {
    const [creator, other] = [await signIn(url, 'Creator'), await signIn(url, 'Other')]
    const { id } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A show' })
    const { id: otherId } = await other.rest<Show>('POST', '/v1/shows', { title: 'A show' })
    const path = pathOf(id)
    for (let n = 0; n < 3; n++) t.equal((await send(creator, 'PATCH', path, {})).status, 200)
    const refused = await send<{ code: string; retryAfterMs: number }>(creator, 'PATCH', path, {})
    t.match(refused, { status: 429, body: { code: 'RATE_LIMITED' } })
    t.ok(refused.body.retryAfterMs > 0 && refused.body.retryAfterMs <= 60_000, `${refused.body.retryAfterMs} ms`)
    t.equal((await send(creator, 'GET', path)).status, 200, 'other requests have their own limit')
    t.equal((await send(other, 'PATCH', pathOf(otherId), {})).status, 200, 'and so has each person')
  })
}
