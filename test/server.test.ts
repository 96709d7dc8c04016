import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { startServer } from './server-process.ts'

const DATA_DIR = await mkdtemp(join(tmpdir(), 'start-test-'))
t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))

/** Runs a server that cannot start. Returns its exit code and output. */
async function runFailingServer(
  settings: Record<string, string>
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    DATA_DIR,
    PORT: '0',
    MEDIA_PORT: '0',
    MEDIA_WORKERS: '1',
    LOG_LEVEL: 'error',
    ...settings
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'server.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}

t.test('a server that listens on all addresses prints one that can be opened', async t => {
  const server = await startServer({ HOST: '0.0.0.0', MEDIA_ANNOUNCED_ADDRESS: '127.0.0.1', MEDIA_WORKERS: '1' })
  t.teardown(async () => await server.close())
  t.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal((await fetch(`${server.url}/healthz`)).status, 200)
})

t.test('a port in use is reported with advice', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  t.match(await runFailingServer({ PORT: `${port}` }), {
    code: 1,
    stdout: '',
    stderr: `Port ${port} is in use. Start with another one`
  })
})

t.test('a certificate that cannot be read is named', async t => {
  const { code, stderr } = await runFailingServer({ HTTPS_CERT: '/none/cert.pem', HTTPS_KEY: '/none/key.pem' })
  t.equal(code, 1)
  t.match(stderr, /^HTTPS_CERT or HTTPS_KEY cannot be used: .*\/none\/cert\.pem/)
})

t.test('all invalid settings are reported at once', async t => {
  t.match(await runFailingServer({ MEDIA_PROT: '1', LOG_LEVEL: 'loud' }), {
    code: 1,
    stdout: '',
    stderr: /MEDIA_PROT[^]*LOG_LEVEL/
  })
})

t.test('a server without a working media worker or database exits with an error', async t => {
  t.match(await runFailingServer({ MEDIASOUP_WORKER_BIN: '/bin/false' }), {
    code: 1,
    stdout: '',
    stderr: /Ambient could not start/
  })
  t.match(await runFailingServer({ MONGODB_URL: 'mongodb://127.0.0.1:1/ambient' }), {
    code: 1,
    stdout: '',
    stderr: /Ambient could not start/
  })
})
