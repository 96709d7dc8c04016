import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findRecordsFiles, leftOut } from './records-files.ts'

/*
 * npm run check:records [-- FILES]
 *
 * Runs the tests of rooms and attacks once more with records in DynamoDB: in that of DYNAMODB_TEST_URL, or in a server
 * of its own.
 */
const root = join(import.meta.dirname, '../..')
const named = process.argv.slice(2)
const files = named.length > 0 ? named : findRecordsFiles(root)
if (named.length === 0) {
  for (const [file, reason] of Object.entries(leftOut)) console.log(`- ${file}: left out, ${reason}`)
}

/** Starts a server of DynamoDB. Returns its address. */
async function startDynamo(): Promise<string> {
  const server = spawn(join(root, 'test/standins/dynamodb/start.sh'), { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => server.kill('SIGKILL'))
  for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('http://')) return line
  throw new Error('the DynamoDB server does not start')
}

const endpoint = process.env.DYNAMODB_TEST_URL ?? (await startDynamo())
const tests = spawn(process.execPath, [join(root, 'scripts/run-tests.ts'), ...files], {
  cwd: root,
  env: { ...process.env, TEST_DEPTH: 'nightly', TEST_RECORDS_ENDPOINT: endpoint },
  stdio: 'inherit'
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tests.kill(signal))
const [code] = await once(tests, 'exit')
process.exit(code ?? 1)
