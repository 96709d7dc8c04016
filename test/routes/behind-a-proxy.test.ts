import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { startServer } from '../server-process.ts'

const perMinute = 3

/** A proxy that says for whom it asks, as NGINX does. Each request comes from the address in its `x-from`. */
async function startProxy(t: Test, to: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const asked = request(
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
    incoming.pipe(asked)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => proxy.once('listening', resolve))
  t.teardown(() => {
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

/** How signing in is answered to as many people, each of an address of their own. */
async function answers(t: Test, TRUST_PROXY: string): Promise<string[]> {
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
    const { code = 'good' } = (await answer.json()) as { code?: string }
    codes.push(code)
  }
  return codes
}

t.test('behind a proxy everybody is one address to the limits until TRUST_PROXY is on', async t => {
  const good = Array<string>(perMinute).fill('good')
  t.same(await answers(t, 'off'), [...good, ...Array<string>(perMinute).fill('RATE_LIMITED')])
  t.same(await answers(t, 'on'), [...good, ...good])
})
