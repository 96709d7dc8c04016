import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'

/** An S3 server that answers, and the keys it knows. */
export interface S3Server {
  endpoint: string
  keys: { accessKeyId: string; secretAccessKey: string }
}

/** What start.sh ends with where the server has not been built. */
const notBuilt = 3

/**
 * The server of S3_TEST_URL (http://KEY:SECRET@HOST:PORT), or one that ends with the test where it has been built. Null where there is
 * none, which CI does not allow.
 */
export async function s3Server(t: Test): Promise<S3Server | null> {
  const url = process.env.S3_TEST_URL ?? (await start(t))
  if (url === null) {
    if (process.env.CI) {
      throw new Error('there is no S3 server: S3_TEST_URL is not set and test/standins/s3/start.sh has not built one')
    }
    t.comment('not tried on S3: run test/standins/s3/start.sh once, which builds a server (it needs Go)')
    return null
  }
  const { origin, username, password } = new URL(url)
  return { endpoint: origin, keys: { accessKeyId: username, secretAccessKey: password } }
}

async function start(t: Test): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-s3-'))
  const server = spawn(join(import.meta.dirname, 'start.sh'), ['--built', folder], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const ended = once(server, 'exit')
  t.teardown(async () => {
    if (server.exitCode === null) server.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('http://')) return line
  const [code] = await ended
  if (code === notBuilt) return null
  throw new Error(`the S3 server ended with ${code}`)
}
