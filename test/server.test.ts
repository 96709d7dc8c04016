import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'

const DATA_DIR = await mkdtemp(join(tmpdir(), 'start-test-'))
t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))

/** A start that comes to nothing: how it ended, and what it said of it. */
async function start(settings: Record<string, string>): Promise<{ code: unknown; said: string; complained: string }> {
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
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, said, complained }
}

t.test('a port in use is reported with advice', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  t.match(await start({ PORT: `${port}` }), {
    code: 1,
    said: '',
    complained: `Port ${port} is in use. Start with another one`
  })
})

t.test('so are settings that are wrong, all at once', async t => {
  t.match(await start({ MEDIA_PROT: '1', LOG_LEVEL: 'loud' }), {
    code: 1,
    said: '',
    complained: /MEDIA_PROT[^]*LOG_LEVEL/
  })
})

t.test('a media worker that does not run, and a database that is not there, keep it from starting, soon', async t => {
  t.match(await start({ MEDIASOUP_WORKER_BIN: '/bin/false' }), {
    code: 1,
    said: '',
    complained: /Ambient could not start/
  })
  t.match(await start({ MONGODB_URL: 'mongodb://127.0.0.1:1/ambient' }), {
    code: 1,
    said: '',
    complained: /Ambient could not start/
  })
})
