import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../../../config/config.ts'
import oauth2, { isInvalidGrant } from '../../../plugins/external/oauth2.ts'

const clientId = 'the-client'
const clientSecret = 'the-secret-of-the-client'
const refreshToken = 'the-refresh-token-of-somebody'

/** A provider whose token endpoint answers one thing. */
async function startProvider(t: Test, status: number, body: string): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    asked.push(`${request.headers.authorization} ${await text(request)}`)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** What is thrown when that provider is asked for a new token, and what stands in the log when it is written there. */
async function failure(t: Test, origin: string): Promise<{ error: unknown; logged: string }> {
  let logged = ''
  const stream = new Writable({
    write(line, _encoding, done) {
      logged += String(line)
      done()
    }
  })
  const app = Fastify({ logger: { stream } })
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
  return { error, logged }
}

for (const [what, status, body] of [
  ['refuses', 400, '{"error":"invalid_client"}'],
  ['fails', 500, 'no'],
  ['answers no JSON', 200, `{"access_token":"${refreshToken}`]
] as const) {
  t.test(`what a provider that ${what} leaves in the log holds no secret`, async t => {
    const { origin, asked } = await startProvider(t, status, body)
    const { logged } = await failure(t, origin)
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    t.match(asked[0], basic, 'the provider was shown the secret')
    t.match(logged, 'no token')
    for (const secret of [clientSecret, basic, refreshToken]) {
      t.notOk(logged.includes(secret), `${secret} is not in ${logged}`)
    }
  })
}

t.test('a refresh token that is over is told from anything else', async t => {
  const over = await startProvider(t, 400, '{"error":"invalid_grant"}')
  t.ok(isInvalidGrant((await failure(t, over.origin)).error))
  const other = await startProvider(t, 400, '{"error":"invalid_client"}')
  const { error, logged } = await failure(t, other.origin)
  t.notOk(isInvalidGrant(error))
  t.match(logged, 'invalid_client', 'the log says what the provider said')
})
