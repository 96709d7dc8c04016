import { once } from 'node:events'
import type { lookup } from 'node:dns'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createOutbound, ForbiddenAddress } from '../../../../plugins/app/notifications/outbound/post.ts'

const signal = new AbortController().signal
const request = (url: string) => ({ url, headers: {}, body: Buffer.from('x'), signal })

t.test('only https addresses of the public internet are allowed', async t => {
  const outbound = createOutbound({ allowsPrivate: false })
  t.teardown(outbound.close)
  t.ok(outbound.isAllowed('https://push.example.com/send/1'))
  t.ok(outbound.isAllowed('https://[64:ff9b::8.8.0.0]/'), 'a public address behind NAT64')
  const refused = [
    'http://push.example.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://[64:ff9b::7f]/',
    'https://[64:ff9b:1::8.8.8.8]/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://redis/',
    'https://node.internal/',
    'https://me:password@push.example.com/',
    'ftp://push.example.com/',
    'no address'
  ]
  for (const url of refused) {
    t.notOk(outbound.isAllowed(url), url)
    await t.rejects(outbound.post(request(url)), ForbiddenAddress, url)
  }
})

t.test('a public name with a private address is not connected to', async t => {
  let connections = 0
  const server = createTcpServer(socket => {
    connections++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const addresses = [
    { address: '93.184.216.34', family: 4 },
    { address: '127.0.0.1', family: 4 }
  ]
  const resolve = ((_name: string, _options: object, callback: (error: null, all: typeof addresses) => void) =>
    callback(null, addresses)) as typeof lookup
  const outbound = createOutbound({ allowsPrivate: false, resolve })
  t.teardown(outbound.close)
  await t.rejects(outbound.post(request(`https://push.example.com:${port}/`)), ForbiddenAddress)
  t.equal(connections, 0)
})

t.test('redirects are not followed, endless answers are cut off, and no answer ends the request', async t => {
  const asked: (string | undefined)[] = []
  const server = createServer((incoming, response) => {
    asked.push(incoming.url)
    if (incoming.url === '/redirect') response.writeHead(307, { location: '/target' }).end()
    if (incoming.url === '/endless') {
      response.writeHead(429, { 'retry-after': '7' })
      const timer = setInterval(() => response.write('x'.repeat(1000)), 1)
      response.once('close', () => clearInterval(timer))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const outbound = createOutbound({ allowsPrivate: true, timeoutMs: 500 })
  t.teardown(outbound.close)
  t.match(await outbound.post(request(`${url}/redirect`)), { status: 307 })
  const closed = once(server, 'connection').then(async ([socket]) => await once(socket, 'close'))
  t.match(await outbound.post(request(`${url}/endless`)), { status: 429, retryAfter: '7' })
  await closed
  await t.rejects(outbound.post(request(`${url}/silent`)), { name: 'TimeoutError' })
  t.notOk(asked.includes('/target'))
  const closing = new AbortController()
  const waiting = outbound.post({ ...request(`${url}/silent`), signal: closing.signal })
  closing.abort(new Error('closing'))
  await t.rejects(waiting)
})

t.test('an answer without a response ends the request', async t => {
  const server = createTcpServer(socket => {
    socket.once('data', data => {
      if (String(data).startsWith('POST /closed')) socket.end()
      else socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const outbound = createOutbound({ allowsPrivate: true })
  t.teardown(outbound.close)
  const closed = once(server, 'connection').then(async ([socket]) => await once(socket, 'close'))
  await t.rejects(outbound.post(request(`${url}/switched`)), { message: 'the connection closed without an answer' })
  await closed
  await t.rejects(outbound.post(request(`${url}/closed`)), { code: 'ECONNRESET' })
})
