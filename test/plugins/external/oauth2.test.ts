import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../../../config/config.ts'
import oauth2, { isInvalidGrant } from '../../../plugins/external/oauth2.ts'
import { captureLog } from '../../captured-log.ts'

const clientId = 'the-client'
const clientSecret = 'the-secret-of-the-client'
const refreshToken = 'the-refresh-token-of-somebody'

/** Starts a provider whose token endpoint always gives this answer. */
async function startProvider(t: Test, status: number, body: string): Promise<{ origin: string; requests: string[] }> {
  const requests: string[] = []
  const server = createServer(async (request, response) => {
    requests.push(`${request.headers.authorization} ${await text(request)}`)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

/** Requests a token from that provider. Returns the error and the logged text. */
async function failRefresh(t: Test, origin: string): Promise<{ error: unknown; logged: string }> {
  const captured = captureLog()
  const app = Fastify({ logger: { stream: captured.stream } })
  app.decorate('config', loadConfig({ DATA_DIR: t.testdir() }))
  await app.register(oauth2)
  t.teardown(async () => await app.close())
  const flow = await app.createOAuthFlow({
    name: 'test',
    clientId,
    clientSecret,
    scope: [],
    authorizeUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    callbackUri: () => `${origin}/callback`
  })
  const error: unknown = await flow.refresh(refreshToken).catch((error: unknown) => error)
  app.log.warn({ err: error }, 'no token')
  return { error, logged: captured.text() }
}

for (const [answer, status, body] of [
  ['an error', 400, '{"error":"invalid_client"}'],
  ['a failure', 500, 'no'],
  ['invalid JSON', 200, `{"access_token":"${refreshToken}`]
] as const) {
  t.test(`the logged error of a token endpoint that answers ${answer} holds no secret`, async t => {
    const { origin, requests } = await startProvider(t, status, body)
    const { logged } = await failRefresh(t, origin)
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    t.match(requests[0], basic, 'the secret was sent to the provider')
    t.match(logged, 'no token')
    for (const secret of [clientSecret, basic, refreshToken]) {
      t.notOk(logged.includes(secret), `${secret} is not in ${logged}`)
    }
  })
}

t.test('an invalid grant is recognized, and no other error', async t => {
  const expired = await startProvider(t, 400, '{"error":"invalid_grant"}')
  t.ok(isInvalidGrant((await failRefresh(t, expired.origin)).error))
  const other = await startProvider(t, 400, '{"error":"invalid_client"}')
  const { error, logged } = await failRefresh(t, other.origin)
  t.notOk(isInvalidGrant(error))
  t.match(logged, 'invalid_client', 'the log has the error code of the provider')
})

t.test('a client that the library refuses is a rejection without the secret, and the process goes on', async t => {
  const app = Fastify()
  app.decorate('config', loadConfig({ DATA_DIR: t.testdir() }))
  await app.register(oauth2)
  t.teardown(async () => await app.close())
  const refused = await app
    .createOAuthFlow({
      name: 'test',
      clientId,
      clientSecret: `${clientSecret}\u20ac`,
      scope: [],
      authorizeUrl: 'https://a.example/authorize',
      tokenUrl: 'https://a.example/token',
      callbackUri: () => 'https://a.example/callback'
    })
    .catch((error: unknown) => error)
  t.match(refused, { message: '@fastify/oauth2 refuses the settings of testOAuth2' })
  t.notOk(JSON.stringify(refused, Object.getOwnPropertyNames(refused)).includes(clientSecret))
})
