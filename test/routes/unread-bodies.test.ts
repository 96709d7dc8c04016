import { request } from 'node:http'
import t from 'tap'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

/**
 * Announces a body and sends nothing of it. A server that answers has decided before it read the body; one that reads
 * it first never answers.
 */
async function announce(
  url: string,
  { method, path, token, bytes = 500 }: { method: string; path: string; token?: string; bytes?: number }
): Promise<number> {
  return await new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': bytes,
      ...(token !== undefined && { authorization: `Bearer ${token}` })
    }
    const sent = request(`${url}/v1${path}`, { method, headers, agent: false }, answer => {
      resolve(answer.statusCode ?? 0)
      sent.destroy()
    })
    sent.on('error', reject)
    sent.flushHeaders()
  })
}

/** Sends a body that is not JSON. */
async function sendBroken(url: string, path: string, token?: string): Promise<number> {
  const { status } = await fetch(`${url}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: '{"title":'
  })
  return status
}

t.test('requests without a valid token are rejected before their body is read', async t => {
  const { url } = await startApp(t)
  for (const [method, path] of [
    ['POST', '/shows'],
    ['PATCH', '/shows/x'],
    ['PUT', '/shows/x/playlist'],
    ['POST', '/shows/x/start'],
    ['PATCH', '/users/me'],
    ['PUT', '/users/x/follow'],
    ['POST', '/reports'],
    ['POST', '/songs'],
    ['POST', '/users/me/spotify']
  ] as const) {
    t.equal(await announce(url, { method, path }), 401, `${method} ${path} without a token`)
    t.equal(await announce(url, { method, path, token: 'made.up' }), 401, `${method} ${path} with a wrong token`)
  }
  t.equal(await announce(url, { method: 'POST', path: '/operator/reports/x/answer' }), 404)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    t.equal(await announce(url, { method, path: '/nowhere' }), 404, `${method} to an unknown address`)
  }
})

t.test('a body larger than the route accepts is rejected before it is read', async t => {
  const { url } = await startApp(t, { AUTH_GUESTS: 'on' })
  const { token } = await signIn(url, 'Somebody')
  for (const path of ['dev-login', 'guest', 'refresh', 'logout', 'token']) {
    t.equal(await announce(url, { method: 'POST', path: `/auth/${path}`, bytes: 4097 }), 413, path)
  }
  t.equal(await announce(url, { method: 'POST', path: '/shows', token, bytes: 50_000 }), 413)
  t.equal(await announce(url, { method: 'PUT', path: '/shows/x/playlist', token, bytes: 170_000 }), 413)
  t.equal(await announce(url, { method: 'POST', path: '/shows/x/start', token, bytes: 1025 }), 413, 'takes no body')
  t.equal(await announce(url, { method: 'POST', path: '/songs', token, bytes: 1025 }), 413, 'takes a form only')
})

t.test('LIMIT_BODY_BYTES lowers the limit of every route', async t => {
  const { url } = await startApp(t, { LIMIT_BODY_BYTES: '600' })
  const { token } = await signIn(url, 'Somebody')
  t.equal(await announce(url, { method: 'POST', path: '/shows', token, bytes: 601 }), 413)
  t.equal(await announce(url, { method: 'POST', path: '/shows/x/start', token, bytes: 601 }), 413)
})

t.test('bodies that are not JSON count for the limits', async t => {
  const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '4', LIMIT_AUTH_PER_MINUTE: '3' })
  const { token } = await signIn(url, 'Somebody')
  const ofPerson: number[] = []
  for (let n = 0; n < 6; n++) ofPerson.push(await sendBroken(url, '/shows', token))
  t.same(ofPerson, [400, 400, 400, 400, 429, 429], 'by person')
  const ofAddress: number[] = []
  for (let n = 0; n < 5; n++) ofAddress.push(await sendBroken(url, '/auth/logout'))
  t.same(ofAddress, [400, 400, 400, 429, 429], 'by address')
  t.equal(await announce(url, { method: 'POST', path: '/auth/logout' }), 429, 'and later bodies are not read')
  const anonymous: number[] = []
  for (let n = 0; n < 6; n++) anonymous.push(await sendBroken(url, '/shows'))
  t.same(anonymous, [401, 401, 401, 401, 429, 429], 'requests without a token count by address')
})
