import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findTestFiles } from '../../scripts/run-tests/test-files.ts'

/*
 * npm run check:mongo [-- FILES]
 *
 * Runs the tests that use the store once more on MongoDB: on that of MONGODB_TEST_URL, or on a stand-in of its own.
 */
const root = join(import.meta.dirname, '../..')
const { onStore: files } = findTestFiles(root, process.argv.slice(2))

/** Starts a stand-in for MongoDB. Returns its URL. */
async function startMongo(): Promise<string> {
  const server = spawn(join(root, 'test/standins/mongo-java/start.sh'), { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => server.kill('SIGKILL'))
  for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('mongodb://')) return line
  throw new Error('the MongoDB stand-in does not start')
}

const { MONGODB_TEST_URL: given, DYNAMODB_TEST_URL: _, ...env } = process.env
const tests = spawn(process.execPath, [join(root, 'scripts/run-tests.ts'), ...files], {
  cwd: root,
  env: { ...env, TEST_DEPTH: 'nightly', TEST_STORE_URL: given ?? (await startMongo()) },
  stdio: 'inherit'
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tests.kill(signal))
const [code] = await once(tests, 'exit')
process.exit(code ?? 1)
