import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { startNginx } from '../standins/nginx/start.ts'
import { startRecordingNode, type RecordedRequest } from '../standins/nginx/recording-node.ts'
import { ask, askHttp2, openTls, say } from './asking.ts'

const node = await startRecordingNode()
const front = await startNginx({
  nodes: [node.url],
  settings: {
    AMBIENT_REQUESTS_BURST: '20',
    AMBIENT_REQUESTS_PER_SECOND: '20',
    AMBIENT_SOCKETS_BURST: '5',
    AMBIENT_SOCKETS_PER_SECOND: '1'
  }
})
t.teardown(async () => {
  await front.close()
  await node.close()
})

/** The last request that got through. */
const last = (): RecordedRequest | undefined => node.requests.at(-1)
/** As long as the bucket of requests takes to empty itself. */
const calm = async () => await sleep(1100)

t.test('a name that is not ours gets nothing at all', async t => {
  await t.rejects(openTls(front.url, 'other.example.org'), 'not even a handshake')
  const requestCount = node.requests.length
  t.equal(await say(front.url, 'GET / HTTP/1.1\r\nHost: other.example.org\r\n\r\n'), '', 'nor an answer')
  await t.rejects(fetch(front.plainUrl.replace('localhost', '127.0.0.1')), 'nor without TLS')
  t.equal(node.requests.length, requestCount)
})

t.test('without TLS there is a way to it, and the proofs of a certificate authority', async t => {
  const moved = await fetch(`${front.plainUrl}/shows/1?a=b`, { redirect: 'manual' })
  t.equal(moved.status, 308)
  t.equal(moved.headers.get('location'), 'https://localhost/shows/1?a=b')
  await mkdir(join(front.folder, 'acme', '.well-known', 'acme-challenge'), { recursive: true })
  await writeFile(join(front.folder, 'acme', '.well-known', 'acme-challenge', 'token'), 'the proof')
  t.equal(await (await fetch(`${front.plainUrl}/.well-known/acme-challenge/token`)).text(), 'the proof')
})

t.test('HTTP/2 is spoken, and HTTP/1.1', async t => {
  t.match(await askHttp2(front.url, '/v1/shows'), { protocol: 'h2', status: 200 })
  t.equal(last()?.headers.host, 'localhost')
  t.equal((await ask(`${front.url}/v1/shows`)).status, 200)
})

t.test('what a client says of its address, name and protocol does not get through', async t => {
  await ask(`${front.url}/v1/shows`, {
    headers: {
      'x-forwarded-for': '6.6.6.6, 7.7.7.7',
      'x-forwarded-host': 'evil.example.org',
      'x-forwarded-proto': 'gopher',
      forwarded: 'for=6.6.6.6',
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      upgrade: 'h2c',
      connection: 'upgrade'
    }
  })
  const headers = last()?.headers ?? {}
  t.equal(headers['x-forwarded-for'], '127.0.0.1')
  t.equal(headers['x-forwarded-host'], 'localhost')
  t.equal(headers['x-forwarded-proto'], 'https')
  t.equal(headers.forwarded, undefined)
  t.equal(headers.traceparent, undefined)
  t.equal(headers.upgrade, undefined, 'no other protocol is smuggled to the node')
})

t.test('the numbers for who watches are not for the public', async t => {
  const requestCount = node.requests.length
  for (const path of ['/metrics', '/metrics/', '//metrics', '/%6detrics', '/v1/../metrics', '/metrics?x=1']) {
    const said = await say(front.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    t.match(said, /^HTTP\/1.1 404 .*"code":"NOT_FOUND"/s, path)
  }
  t.equal(node.requests.length, requestCount)
})

t.test('a body that is too large is refused here and never reaches the node', async t => {
  const [requestCount, connections] = [node.requests.length, node.connections]
  for (const [path, bytes] of [
    ['/v1/shows', 1_048_577],
    ['/v1/songs', 101 * 1_048_576 + 1],
    ['/v1/users/me/avatar', 6 * 1_048_576 + 1],
    ['/v1/shows/any/cover', 6 * 1_048_576 + 1],
    ['/', 1_048_577]
  ] as const) {
    const said = await ask(front.url + path, {
      method: 'POST',
      headers: { 'content-length': String(bytes) },
      body: 'x'
    })
    t.equal(said.status, 413, path)
    t.match(JSON.parse(said.body), { statusCode: 413, code: 'PAYLOAD_TOO_LARGE', error: 'Payload Too Large' })
    t.equal(said.headers['strict-transport-security'], 'max-age=31536000')
  }
  t.equal(node.requests.length, requestCount)
  t.equal(node.connections, connections, 'not even a connection was made for them')
  await ask(`${front.url}/v1/shows`, { method: 'POST', body: Buffer.alloc(1_048_576) })
  t.equal(last()?.bodyBytes, 1_048_576, 'as much as the server takes gets through')
})

t.test(
  'who sends a head or a body drop by drop is let go, and the node knows nothing of it',
  { timeout: 60_000 },
  async t => {
    const [requestCount, connections] = [node.requests.length, node.connections]
    const begun = [
      'GET /v1/shows HTTP/1.1\r\nHost: localhost\r\n',
      'POST /v1/shows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n'
    ]
    const stubborn = await Promise.all(
      begun.flatMap(start =>
        Array.from({ length: 20 }, async () => {
          const socket = await openTls(front.url)
          socket.on('error', () => {})
          socket.write(start)
          // A line now and then is not progress enough for a head; a body that stops is given up.
          const drops = start.startsWith('GET') ? setInterval(() => socket.write('X-Drop: 1\r\n'), 1000) : undefined
          return { socket, drops }
        })
      )
    )
    await Promise.all(
      stubborn.map(async ({ socket, drops }) => {
        const said = await text(socket).catch(() => '')
        clearInterval(drops)
        t.notMatch(said, / 200 /)
      })
    )
    t.equal(node.requests.length, requestCount)
    t.equal(node.connections, connections)
    t.equal((await ask(`${front.url}/v1/shows`)).status, 200, 'everybody else is served')
  }
)

t.test('from one address come so many requests, and no more; the same for sockets', async t => {
  await calm()
  const said = await Promise.all(Array.from({ length: 60 }, async () => await ask(`${front.url}/v1/shows`)))
  const refused = said.filter(({ status }) => status === 429)
  t.ok(refused.length > 0 && refused.length < 60, `${refused.length} of 60 were refused`)
  t.match(JSON.parse(refused[0]?.body ?? ''), { statusCode: 429, code: 'RATE_LIMITED', retryAfterMs: 5000 })
  t.equal(refused[0]?.headers['retry-after'], '5')
  t.equal(refused[0]?.headers['cache-control'], 'no-store')
  const sockets = await Promise.all(
    Array.from({ length: 20 }, async () => await ask(`${front.url}/socket.io/?EIO=4&transport=websocket`))
  )
  t.ok(sockets.some(({ status }) => status === 429))
  t.ok(sockets.some(({ status }) => status === 200))
  await calm()
})

t.test('hashed files alone are kept, and are there while the node is away', async t => {
  node.answer = ({ url }) =>
    url.startsWith('/assets/gone')
      ? { status: 404, headers: { 'content-type': 'text/plain' }, body: 'no' }
      : {
          headers: {
            'content-type': 'application/javascript',
            'cache-control': url.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=300'
          },
          body: 'x'.repeat(5000)
        }
  const times = (path: string) => node.requests.filter(({ url }) => url.startsWith(path)).length
  for (const path of [
    '/assets/a-1.js',
    '/assets/a-1.js?x=2',
    '/v1/artwork/1',
    '/v1/artwork/1',
    '/icon.svg',
    '/icon.svg',
    '/assets/gone.js',
    '/assets/gone.js'
  ]) {
    await ask(front.url + path)
  }
  t.equal(times('/assets/a-1.js'), 1, 'asked once, whatever stands behind it')
  t.equal(times('/v1/artwork/1'), 2, 'what the API gives is not kept even where it may be')
  t.equal(times('/icon.svg'), 2)
  t.equal(times('/assets/gone.js'), 2, 'nor is what is not there')
  // Here the way up is gone, at the node it is not.
  await say(front.url, 'GET /v1/evil/..%2f..%2fassets/b-1.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await ask(`${front.url}/assets/b-1.js`)
  t.equal(times('/assets/b-1.js'), 1, "nothing can be put there under another's name")
})

t.test('text goes out compressed, tokens and sound as they are', async t => {
  const said = 'says the same, '.repeat(200)
  const asked = async (path: string, type: string) => {
    node.answer = () => ({ headers: { 'content-type': type }, body: said })
    return await fetch(front.url + path, { headers: { 'accept-encoding': 'gzip' } })
  }
  const json = await asked('/v1/shows', 'application/json; charset=utf-8')
  t.equal(json.headers.get('content-encoding'), 'gzip')
  t.match(json.headers.get('vary'), /accept-encoding/i)
  t.equal(await json.text(), said)
  t.equal((await asked('/shows/1', 'text/html; charset=utf-8')).headers.get('content-encoding'), 'gzip')
  t.equal((await asked('/v1/auth/token', 'application/json; charset=utf-8')).headers.get('content-encoding'), null)
  t.equal((await asked('/v1/songs/1/audio', 'audio/ogg')).headers.get('content-encoding'), null)
  t.equal(
    gunzipSync((await ask(`${front.url}/assets/a-1.js`, { headers: { 'accept-encoding': 'gzip' } })).bytes).length,
    5000,
    'what is kept is compressed for who takes it'
  )
})

t.test("what is not the node's word is said once: TLS is insisted on, and who serves is not told", async t => {
  node.answer = () => ({
    headers: {
      'content-type': 'text/html',
      'strict-transport-security': 'max-age=1',
      'x-frame-options': 'DENY',
      'retry-after': '7'
    },
    body: 'page'
  })
  const { headers } = await ask(`${front.url}/`)
  t.equal(headers['strict-transport-security'], 'max-age=31536000')
  t.equal(headers['x-frame-options'], 'DENY')
  t.equal(headers.server, 'nginx')
})

t.test('what the node answers is passed on as it is, but for pages', async t => {
  node.answer = () => ({
    status: 503,
    headers: { 'content-type': 'application/json', 'retry-after': '9' },
    body: '{"code":"UNAVAILABLE","message":"The database is away; try again in a moment."}'
  })
  t.match(await ask(`${front.url}/v1/shows`), {
    status: 503,
    headers: { 'retry-after': '9' },
    body: /database is away/
  })
  t.match(await ask(`${front.url}/readyz`), { status: 503, body: /database is away/ })
  t.match(await ask(`${front.url}/graphql`), { status: 503, body: /database is away/ })
  t.match(await ask(`${front.url}/shows/1`), { status: 503, headers: { 'retry-after': '5' }, body: /Back in a moment/ })
})

t.test('while the node is away people get a page that asks again, and clients a code', async t => {
  await node.close()
  const page = await ask(`${front.url}/shows/1?ticket=secret-ticket`)
  t.equal(page.status, 503)
  t.match(page.headers['content-type'], /^text\/html/)
  t.match(page.body, /http-equiv="refresh" content="5"/)
  t.equal(page.headers['cache-control'], 'no-store')
  t.match(page.headers['content-security-policy'], /default-src 'none'/)
  t.equal(page.headers['strict-transport-security'], 'max-age=31536000')
  for (const path of ['/v1/shows', '/v1/auth/token', '/readyz', '/socket.io/?EIO=4&transport=websocket']) {
    await calm()
    const said = await ask(front.url + path, { headers: { authorization: 'Bearer secret-token' } })
    t.equal(said.status, 503, path)
    t.same(JSON.parse(said.body), {
      statusCode: 503,
      code: 'UNAVAILABLE',
      error: 'Service Unavailable',
      message: 'The server is away; try again in a moment.',
      retryAfterMs: 5000
    })
    t.equal(said.headers['retry-after'], '5')
    t.equal(said.headers['content-type'], 'application/json')
  }
  t.equal((await ask(`${front.url}/assets/a-1.js`)).status, 200)
  t.equal((await ask(`${front.url}/v1/songs/1/audio?ticket=secret-ticket`)).status, 503)
})

t.test('no log has a query, a token or a name of a browser', async t => {
  const { access, errors } = await front.readLogs()
  const lines = access
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.match(
    lines.findLast(({ path }) => path === '/v1/songs/1/audio'),
    { client: '127.0.0.1', method: 'GET', status: 503 }
  )
  t.notMatch(access + errors, /secret-|EIO|\?/)
})
