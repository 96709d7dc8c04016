import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/*
 * npm run check:slow [-- FILES]
 *
 * Runs the tests that npm test leaves out, with all cases, and with Kafka and a stand-in for S3: that of S3_TEST_URL,
 * or one of its own.
 */
const root = join(import.meta.dirname, '../..')
const standIns = join(root, 'test/standins')

/** Starts a stand-in for S3. Returns its address. */
async function startS3(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ambient-s3-'))
  const server = spawn(join(standIns, 's3/start.sh'), [folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  for await (const line of createInterface({ input: server.stdout })) {
    const [address] = /http:\/\/[^\s"]+/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('the S3 stand-in does not start')
}

execFileSync(join(standIns, 'kafka/start.sh'), ['fetch'], { stdio: 'inherit' })
const S3_TEST_URL = process.env.S3_TEST_URL ?? (await startS3())
const tests = spawn(process.execPath, [join(root, 'scripts/run-tests.ts'), '--slow', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, S3_TEST_URL },
  stdio: 'inherit'
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tests.kill(signal))
const [code] = await once(tests, 'exit')
process.exit(code ?? 1)
