import { createServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import t, { type Test } from 'tap'
import { ensureCertificates } from '../../../scripts/start/lan/certificates.ts'
import { runScript } from '../run-command.ts'

const { serverFile } = await ensureCertificates(t.testdir(), '127.0.0.1')
const pem = readFileSync(serverFile)
const healthy: RequestListener = ({ url }, response) => response.writeHead(url === '/healthz' ? 200 : 404).end()

async function listen(t: Test, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `${(server.address() as AddressInfo).port}`
}

const check = async (settings: Record<string, string>, args: string[] = []) =>
  (await runScript('image/healthy.ts', args, { HOST: '0.0.0.0', ...settings })).code

t.test('a container is healthy while its server answers', async t => {
  const PORT = await listen(t, createServer(healthy))
  t.equal(await check({ PORT }), 0)
  t.equal(await check({ PORT: '1' }), 1)
  const unhealthy = await listen(
    t,
    createServer((_, response) => response.writeHead(503).end())
  )
  t.equal(await check({ PORT: unhealthy }), 1)
})

t.test('a server of HTTPS is asked with HTTPS, whatever name its certificate has', async t => {
  const PORT = await listen(t, createHttpsServer({ cert: pem, key: pem }, healthy))
  t.equal(await check({ PORT, HTTPS_CERT: serverFile }), 0)
  t.equal(await check({ PORT }), 1)
})

t.test('another process in the image is asked with HTTP', async t => {
  const LIVE_VALUES_PORT = await listen(t, createServer(healthy))
  t.equal(await check({ LIVE_VALUES_PORT, HTTPS_CERT: serverFile }, ['LIVE_VALUES_PORT']), 0)
})
