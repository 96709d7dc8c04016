import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'

/** A running S3 server and its keys. */
export interface S3Server {
  endpoint: string
  keys: { accessKeyId: string; secretAccessKey: string }
}

/** Exit code of start.sh when the server has not been built. */
const notBuiltExitCode = 3

/**
 * Returns the server of S3_TEST_URL (http://KEY:SECRET@HOST:PORT), or starts one that stops after the test. Returns
 * undefined when no server has been built; in CI it throws instead.
 */
export async function findS3Server(t: Test): Promise<S3Server | undefined> {
  const url = process.env.S3_TEST_URL ?? (await startBuiltServer(t))
  if (url === null) {
    if (process.env.CI) {
      throw new Error('no S3 server: set S3_TEST_URL, or run test/standins/s3/start.sh once')
    }
    t.comment('not tested on S3: run test/standins/s3/start.sh once, which builds a server (it needs Go)')
    return undefined
  }
  const { origin, username, password } = new URL(url)
  return { endpoint: origin, keys: { accessKeyId: username, secretAccessKey: password } }
}

async function startBuiltServer(t: Test): Promise<string | null> {
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
  if (code === notBuiltExitCode) return null
  throw new Error(`the S3 server exited with ${code}`)
}
