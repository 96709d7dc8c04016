import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTestsAndExit } from '../run-tests.ts'
import { runStartScript } from '../standins/start-script.ts'

/*
 * npm run check:slow [-- FILES]
 *
 * Runs the tests that npm test leaves out, with all cases, and with Kafka and a stand-in for S3: that of S3_TEST_URL,
 * or one of its own.
 */

/** Starts a stand-in for S3, whose folder is removed at the end. Returns its address. */
async function startS3(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ambient-s3-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return await runStartScript('s3', [folder])
}

execFileSync(join(import.meta.dirname, '../standins/kafka/start.sh'), ['fetch'], { stdio: 'inherit' })
const S3_TEST_URL = process.env.S3_TEST_URL ?? (await startS3())
await runTestsAndExit(['--slow', ...process.argv.slice(2)], { ...process.env, S3_TEST_URL })
