import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'

/** Exit code of start.sh when the server was not downloaded. */
const notBuiltExitCode = 3

/** Keys that the server accepts, as it does any others. */
export const dynamoKeys = { accessKeyId: 'ambient', secretAccessKey: 'only-for-tests' }

/**
 * Returns the server of DYNAMODB_TEST_URL (http://HOST:PORT), or starts one that stops after the test. Returns
 * undefined when no server was downloaded; in CI it throws instead.
 */
export async function findDynamoServer(t: Pick<Test, 'teardown' | 'comment'>): Promise<string | undefined> {
  const url = process.env.DYNAMODB_TEST_URL ?? (await startBuiltServer(t))
  if (url !== null) return url
  if (process.env.CI) {
    throw new Error('no DynamoDB server: set DYNAMODB_TEST_URL, or run test/standins/dynamodb/start.sh once')
  }
  t.comment(
    'not tested on DynamoDB: run test/standins/dynamodb/start.sh once, which downloads a server (it needs Java and Maven)'
  )
  return undefined
}

/** Returns the RECORDS_URL of a new table. */
export function newTableUrl(endpoint: string): string {
  return `dynamodb://eu-central-1/ambient-${randomUUID()}?endpoint=${endpoint}`
}

async function startBuiltServer(t: Pick<Test, 'teardown'>): Promise<string | null> {
  const server = spawn(join(import.meta.dirname, 'start.sh'), ['--built'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(server, 'exit')
  t.teardown(async () => {
    if (server.exitCode === null) server.kill('SIGKILL')
    await ended
  })
  for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('http://')) return line
  const [code] = await ended
  if (code === notBuiltExitCode) return null
  throw new Error(`the DynamoDB server exited with ${code}`)
}
