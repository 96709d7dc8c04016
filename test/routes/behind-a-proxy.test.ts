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
 * Sends as many failing sign-ins as there are values of x-forwarded-for. Returns the codes of the answers.
 */
async function failFrom(t: Test, TRUST_PROXY: string, addresses: readonly string[]): Promise<string[]> {
  const server = await startServer({ TRUST_PROXY, MEDIA_WORKERS: '1', LIMIT_AUTH_PER_MINUTE: String(perMinute) })
  t.teardown(async () => await server.close())
  const url = await startProxy(t, server.url)
  const codes: string[] = []
  for (const address of addresses) {
    const answer = await fetch(`${url}/v1/auth/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-from': address },
      body: JSON.stringify({ refreshToken: 'none' })
    })
    const { code } = (await answer.json()) as { code: string }
    codes.push(code)
  }
  return codes
}

const rejected = Array<string>(perMinute).fill('UNAUTHENTICATED')
const limited = Array<string>(perMinute).fill('RATE_LIMITED')

t.test('behind a proxy the limits count all clients as one address until TRUST_PROXY is on', async t => {
  const addresses = Array.from({ length: 2 * perMinute }, (_, n) => `192.0.2.${n + 1}`)
  t.same(await failFrom(t, 'off', addresses), [...rejected, ...limited])
  t.same(await failFrom(t, 'on', addresses), [...rejected, ...rejected])
})

t.test('one client is counted once, however its proxy writes its address', async t => {
  const spellings = [
    ...['203.0.113.10:50001', '203.0.113.10:50002', '203.0.113.10'],
    ...['::ffff:203.0.113.10', '[::ffff:203.0.113.10]:443', '[::FFFF:cb00:710a]:444'],
    ...['[2001:db8::1]:443', '2001:DB8:0:0::1', '[2001:db8:0:0:ffff::2]'],
    ...['2001:0db8::1', '[2001:db8::1]', '[2001:db8::1]:80'],
    ...['unknown', '_hidden:1', '']
  ]
  t.same(await failFrom(t, 'on', spellings), [...rejected, ...limited, ...rejected, ...limited, ...rejected])
})
