import t from 'tap'
import type { Tokens } from '../../contract/auth.ts'
import type { Page } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import { signIn } from '../users.ts'
import { startServer } from '../server-process.ts'

const server = await startServer()
t.teardown(async () => await server.close())

async function send(
  method: string,
  path: string,
  { body, token, type = 'application/json' }: { body?: unknown; token?: string; type?: string } = {}
) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': type }),
      ...(token && { authorization: `Bearer ${token}` })
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : null }
}

t.test('a refresh token used twice ends its sign-in', async t => {
  const { body: first } = (await send('POST', '/v1/auth/dev-login', { body: { displayName: '  A name ' } })) as {
    body: Tokens
  }
  t.equal(first.user.displayName, 'A name', 'trimmed')
  const { body: second } = (await send('POST', '/v1/auth/refresh', { body: { refreshToken: first.refreshToken } })) as {
    body: Tokens
  }
  t.match(await send('GET', '/v1/users/me', { token: second.accessToken }), {
    status: 200,
    body: { id: first.user.id }
  })
  t.match(await send('POST', '/v1/auth/refresh', { body: { refreshToken: first.refreshToken } }), {
    status: 401,
    body: { code: 'UNAUTHENTICATED' }
  })
  t.match(
    await send('POST', '/v1/auth/refresh', { body: { refreshToken: second.refreshToken } }),
    { status: 401 },
    'the whole family of tokens is revoked'
  )
  t.match(await send('GET', '/v1/users/me', { token: second.accessToken }), { status: 401 }, 'and its access tokens')
})

t.test('one of twenty concurrent refreshes succeeds', async t => {
  const {
    body: { refreshToken }
  } = await send('POST', '/v1/auth/dev-login', { body: { displayName: 'Somebody' } })
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => await send('POST', '/v1/auth/refresh', { body: { refreshToken } }))
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
})

t.test('a show goes from draft to its end', async t => {
  const { token } = await signIn(server.url, 'Creator')
  const created = (await send('POST', '/v1/shows', {
    token,
    body: { title: 'A show', settings: { maxSpeakers: 3 } }
  })) as { status: number; body: Show }
  t.match(created, { status: 201, body: { status: 'scheduled', settings: { maxSpeakers: 3, speakRequests: 'open' } } })
  const { id, version } = created.body
  t.match(await send('PATCH', `/v1/shows/${id}`, { token, body: { title: 'Another title', version } }), {
    status: 200,
    body: { title: 'Another title' }
  })
  t.match(await send('PATCH', `/v1/shows/${id}`, { token, body: { title: 'Stale', version } }), {
    status: 409,
    body: { code: 'CONFLICT' }
  })
  t.match(await send('POST', `/v1/shows/${id}/end`, { token }), { status: 409, body: { code: 'SHOW_NOT_LIVE' } })
  t.match(await send('POST', `/v1/shows/${id}/start`, { token }), { status: 200, body: { status: 'live' } })
  t.match(await send('POST', `/v1/shows/${id}/start`, { token }), { status: 409, body: { code: 'CONFLICT' } })
  t.match(await send('DELETE', `/v1/shows/${id}`, { token }), { status: 409, body: { code: 'CONFLICT' } })
  t.match(await send('POST', `/v1/shows/${id}/end`, { token }), {
    status: 200,
    body: { status: 'ended', endReason: 'ended' }
  })
  t.match(await send('POST', `/v1/shows/${id}/end`, { token }), { status: 409, body: { code: 'SHOW_ENDED' } })
})

t.test('one of twenty concurrent starts succeeds', async t => {
  const { token } = await signIn(server.url, 'Creator')
  const drafts = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => await send('POST', '/v1/shows', { token, body: { title: `Show ${n}` } }))
  )
  const answers = await Promise.all(
    drafts.map(async ({ body }) => await send('POST', `/v1/shows/${body.id}/start`, { token }))
  )
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 409).length, 19)
})

t.test('pages of a list neither miss nor repeat a show', async t => {
  const { id: creatorId, token } = await signIn(server.url, 'Creator')
  for (let n = 0; n < 7; n++) {
    await send('POST', '/v1/shows', { token, body: { title: `Show ${n}`, visibility: n === 3 ? 'private' : 'public' } })
  }
  const pages = async (as?: string) => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = (await send(
        'GET',
        `/v1/shows?creatorId=${creatorId}&limit=2${cursor && `&cursor=${cursor}`}`,
        as ? { token: as } : {}
      )) as { body: Page<Show> }
      seen.push(...body.items.map(({ title }) => title))
      cursor = body.nextCursor ?? ''
    } while (cursor)
    return seen
  }
  t.same(
    await pages(token),
    [6, 5, 4, 3, 2, 1, 0].map(n => `Show ${n}`)
  )
  t.same(
    await pages(),
    [6, 5, 4, 2, 1, 0].map(n => `Show ${n}`),
    'only the creator sees private shows'
  )
  t.match(await send('GET', '/v1/shows?cursor=rubbish'), { status: 400, body: { code: 'VALIDATION' } })
})

t.test('only the creator may change a show', async t => {
  const owner = await signIn(server.url, 'Owner')
  const { token } = await signIn(server.url, 'Other')
  const open = await owner.rest<Show>('POST', '/v1/shows', { title: 'Open' })
  const hidden = await owner.rest<Show>('POST', '/v1/shows', { title: 'Hidden', visibility: 'private' })
  for (const [method, path, body] of [
    ['PATCH', '', { title: 'Mine' }],
    ['DELETE', ''],
    ['POST', '/start'],
    ['POST', '/end']
  ] as const) {
    t.match(
      await send(method, `/v1/shows/${open.id}${path}`, { token, body }),
      { status: 403, body: { code: 'FORBIDDEN' } },
      `${method} ${path}`
    )
    t.match(
      await send(method, `/v1/shows/${hidden.id}${path}`, { token, body }),
      { status: 404, body: { code: 'NOT_FOUND' } },
      `${method} ${path} of a private show`
    )
    t.match(
      await send(method, `/v1/shows/${open.id}${path}`, { body }),
      { status: 401, body: { code: 'UNAUTHENTICATED' } },
      `${method} ${path} without a token`
    )
  }
})

t.test('hostile bodies are rejected as client errors', async t => {
  const { token } = await signIn(server.url, 'Somebody')
  const bodies: unknown[] = [
    { title: { $gt: '' } },
    { title: 'x', $where: '1' },
    { title: '' },
    { title: ' \u200b ' },
    { title: '\u202e' },
    { title: 'a\u001bb' },
    { title: 'x'.repeat(121) },
    { title: 7 },
    [],
    null,
    'text',
    7,
    '{"title":"x","__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
    '{',
    '',
    '['.repeat(20_000),
    { title: '\ud800' },
    { title: 'x', settings: { maxSpeakers: 51 } }
  ]
  for (const body of bodies) {
    const {
      status,
      body: { code }
    } = await send('POST', '/v1/shows', { token, body })
    t.match({ status, code }, { status: 400, code: 'VALIDATION' }, JSON.stringify(body)?.slice(0, 40))
  }
  t.match(await send('POST', '/v1/shows', { token, body: { title: 'x'.repeat(1_100_000) } }), {
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE' }
  })
  t.match(await send('POST', '/v1/shows', { token, body: 'title=x', type: 'application/x-www-form-urlencoded' }), {
    status: 415,
    body: { code: 'UNSUPPORTED_MEDIA' }
  })
  t.match(await send('GET', '/v1/nothing'), { status: 404, body: { code: 'NOT_FOUND' } })
})

t.test('all issues of a body are listed', async t => {
  const { token } = await signIn(server.url, 'Somebody')
  const { body } = await send('POST', '/v1/shows', { token, body: { title: '', visibility: 'secret', extra: 1 } })
  t.same(body.issues.map(({ path }: { path: string }) => path).sort(), ['/extra', '/title', '/visibility'])
})

t.test('the documents list routes and events', async t => {
  const openApi = (await send('GET', '/docs/openapi.json')).body
  t.equal(openApi.openapi, '3.1.0')
  for (const path of ['/v1/auth/dev-login', '/v1/users/me', '/v1/shows/', '/v1/shows/{showId}/start', '/readyz']) {
    t.ok(openApi.paths[path] ?? openApi.paths[path.replace(/\/$/, '')], path)
  }
  const asyncApi = (await send('GET', '/docs/asyncapi.json')).body
  t.equal(asyncApi.asyncapi, '3.0.0')
  t.ok(asyncApi.operations.media_produce)
  t.equal((await fetch(`${server.url}/docs/`)).status, 200)
})
