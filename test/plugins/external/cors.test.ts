import t, { type Test } from 'tap'
import { startApp } from '../../realtime/real-app.ts'

const preflight = {
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,content-type'
}

async function allowed(url: string, origin: string): Promise<(string | null)[]> {
  const asked = await fetch(`${url}/v1/users/me`, { method: 'OPTIONS', headers: { origin, ...preflight } })
  const answered = await fetch(`${url}/v1/shows`, { headers: { origin } })
  return [asked, answered].map(({ headers }) => headers.get('access-control-allow-origin'))
}

async function same(t: Test, url: string, origin: string, isAllowed: boolean): Promise<void> {
  const expected = isAllowed ? origin : null
  t.same(await allowed(url, origin), [expected, expected], origin)
}

t.test('pages of the public URL may call, wherever the server is asked', async t => {
  const { url } = await startApp(t, { PUBLIC_URL: 'https://shows.example/' })
  await same(t, url, 'https://shows.example', true)
  await same(t, url, url, false)
  await same(t, url, 'https://other.example', false)
})

t.test('without settings that is where the server listens', async t => {
  const { url } = await startApp(t)
  await same(t, url, url, true)
  await same(t, url, 'null', false)
})

t.test('CORS_ORIGINS names others', async t => {
  const { url } = await startApp(t, { CORS_ORIGINS: 'https://a.example,https://b.example' })
  await same(t, url, 'https://a.example', true)
  await same(t, url, 'https://b.example', true)
  await same(t, url, 'https://c.example', false)
  const { headers } = await fetch(`${url}/v1/shows`, { headers: { origin: 'https://a.example' } })
  t.match(headers.get('access-control-expose-headers'), 'retry-after')
  t.match(headers.get('vary'), /origin/i)
})

t.test('OPTIONS without anything to ask for is no mistake', async t => {
  const { url } = await startApp(t)
  for (const path of ['/v1/shows', '/']) {
    const answer = await fetch(url + path, { method: 'OPTIONS' })
    t.same([answer.status, await answer.text(), answer.headers.get('access-control-allow-origin')], [204, '', null])
  }
})
