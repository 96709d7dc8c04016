import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { startServer } from '../server-process.ts'

const perMinute = 3

/** Starts a proxy that sets x-forwarded-for, as NGINX does, to the address in the `x-from` header of each request. */
async function startProxy(t: Test, to: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const forwarded = request(
      to + incoming.url,
      {
        method: incoming.method,
        headers: { ...incoming.headers, 'x-forwarded-for': String(incoming.headers['x-from']) }
      },
      answer => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(outgoing)
      }
    )
    incoming.pipe(forwarded)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => proxy.once('listening', resolve))
  t.teardown(() => {
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

/**
 * Signs in twice as many people as the limit allows, each from an address of their own. Returns the codes of the
 * answers.
 */
async function signInFromManyAddresses(t: Test, TRUST_PROXY: string): Promise<string[]> {
  const server = await startServer({
    TRUST_PROXY,
    MEDIA_WORKERS: '1',
    LIMIT_AUTH_PER_MINUTE: String(perMinute),
    AUTH_DEV_LOGIN: 'on'
  })
  t.teardown(async () => await server.close())
  const url = await startProxy(t, server.url)
  const codes: string[] = []
  for (let n = 1; n <= 2 * perMinute; n++) {
    const answer = await fetch(`${url}/v1/auth/dev-login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-from': `192.0.2.${n}` },
      body: JSON.stringify({ displayName: `Person ${n}` })
    })
    const { code = 'ok' } = (await answer.json()) as { code?: string }
    codes.push(code)
  }
  return codes
}

t.test('behind a proxy the limits count all clients as one address until TRUST_PROXY is on', async t => {
  const allowed = Array<string>(perMinute).fill('ok')
  t.same(await signInFromManyAddresses(t, 'off'), [...allowed, ...Array<string>(perMinute).fill('RATE_LIMITED')])
  t.same(await signInFromManyAddresses(t, 'on'), [...allowed, ...allowed])
})
