import t, { type Test } from 'tap'
import { startApp } from '../../realtime/real-app.ts'

const preflight = {
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,content-type'
}

const { url: defaultUrl } = await startApp(t)

async function allowedOrigins(url: string, origin: string): Promise<(string | null)[]> {
  const preflightAnswer = await fetch(`${url}/v1/users/me`, { method: 'OPTIONS', headers: { origin, ...preflight } })
  const answer = await fetch(`${url}/v1/shows`, { headers: { origin } })
  return [preflightAnswer, answer].map(({ headers }) => headers.get('access-control-allow-origin'))
}

async function checkOrigin(t: Test, url: string, origin: string, isAllowed: boolean): Promise<void> {
  const expected = isAllowed ? origin : null
  t.same(await allowedOrigins(url, origin), [expected, expected], origin)
}

t.test('pages of PUBLIC_URL may call the API, whatever host they call', async t => {
  const { url } = await startApp(t, { PUBLIC_URL: 'https://shows.example/' })
  await checkOrigin(t, url, 'https://shows.example', true)
  await checkOrigin(t, url, url, false)
  await checkOrigin(t, url, 'https://other.example', false)
})

t.test('without settings pages of the listen address may call the API', async t => {
  await checkOrigin(t, defaultUrl, defaultUrl, true)
  await checkOrigin(t, defaultUrl, 'null', false)
})

t.test('pages of CORS_ORIGINS may call the API', async t => {
  const { url } = await startApp(t, { CORS_ORIGINS: 'https://a.example,https://b.example' })
  await checkOrigin(t, url, 'https://a.example', true)
  await checkOrigin(t, url, 'https://b.example', true)
  await checkOrigin(t, url, 'https://c.example', false)
  const { headers } = await fetch(`${url}/v1/shows`, { headers: { origin: 'https://a.example' } })
  t.match(headers.get('access-control-expose-headers'), 'retry-after')
  t.match(headers.get('vary'), /origin/i)
})

t.test('an OPTIONS request that is no preflight is answered 204', async t => {
  for (const path of ['/v1/shows', '/']) {
    const answer = await fetch(defaultUrl + path, { method: 'OPTIONS' })
    t.same([answer.status, await answer.text(), answer.headers.get('access-control-allow-origin')], [204, '', null])
  }
})

t.test('every answer says once that it depends on the origin, and which headers pages may read', async t => {
  for (const headers of [{}, { origin: defaultUrl }, { origin: 'https://other.example' }]) {
    for (const path of ['/v1/shows', '/v1/users/me', '/v1/nothing']) {
      const answer = await fetch(defaultUrl + path, { headers })
      t.equal(answer.headers.get('vary'), 'Origin', path)
      t.equal(
        answer.headers.get('access-control-expose-headers'),
        'content-disposition, content-range, etag, retry-after',
        path
      )
    }
  }
})
