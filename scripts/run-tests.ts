import { join } from 'node:path'

import { attempt, stopCommands } from './command.ts'
import { SetupError } from './setup-error.ts'
import { addTotals, createTapReader, noTotals, totalsLine, type Totals } from './tap-summary.ts'
import { findTestFiles } from './test-files.ts'

const root = join(import.meta.dirname, '..')
const checkTimeoutMs = 5 * 60_000
const testsTimeoutMs = 20 * 60_000
const fileTimeoutSeconds = 300

/** What is held to the laws of .dependency-cruiser.js. */
const house = [
  'server.ts',
  'app.ts',
  'config',
  'contract',
  'client',
  'media',
  'deploy',
  'plugins',
  'realtime',
  'routes',
  'scripts',
  'web/src'
]

const passedOnce: Totals = { ...noTotals, passed: 1 }
const failedOnce: Totals = { ...noTotals, failed: 1 }

function tool(path: string, args: readonly string[]): string[] {
  return [join(root, 'node_modules', path), ...args]
}

/** Runs a check of the whole tree, which counts as one test. */
async function check(name: string, args: readonly string[]): Promise<Totals> {
  const startedAt = Date.now()
  const { code, lines } = await attempt(process.execPath, args, { cwd: root, timeoutMs: checkTimeoutMs })
  if (code !== 0) lines.forEach(line => console.log(line))
  console.log(`${code === 0 ? '✓' : '✗'} ${name} ${Date.now() - startedAt}ms`)
  return code === 0 ? passedOnce : failedOnce
}

async function runTap(files: readonly string[], jobs: number, env: Record<string, string> = {}): Promise<Totals> {
  if (files.length === 0) return noTotals
  const reader = createTapReader(line => console.log(line))
  const { code } = await attempt(
    process.execPath,
    tool('tap/dist/esm/run.mjs', [
      '--disable-coverage',
      '--reporter=tap',
      `--jobs=${jobs}`,
      `--timeout=${fileTimeoutSeconds}`,
      ...files
    ]),
    { cwd: root, timeoutMs: testsTimeoutMs, env: { ...process.env, ...env }, onLine: reader.read, showErrors: true }
  )

  const totals = reader.totals()
  if (totals === undefined) {
    console.log(`✗ tap did not come to its end (exit code ${code}): what it wrote last is above`)
    return failedOnce
  }
  return code !== 0 && totals.failed === 0 ? addTotals(totals, failedOnce) : totals
}

/** What starts the application, once more on the MongoDB of MONGODB_TEST_URL where there is one. */
async function runOnMongoDb(files: readonly string[]): Promise<Totals> {
  const { MONGODB_TEST_URL } = process.env
  if (MONGODB_TEST_URL === undefined || files.length === 0) return noTotals
  console.log('On the MongoDB of MONGODB_TEST_URL:')
  return await runTap(files, 2, { TEST_STORE_URL: MONGODB_TEST_URL })
}

/** Everything: lint, types, who imports whom, then the tests. With names of files or folders, the tests in those alone. */
async function runAll(named: readonly string[]): Promise<Totals> {
  const { light, heavy, onStore } = findTestFiles(root, named)
  const checks =
    named.length > 0
      ? noTotals
      : [
          await check('lint', tool('eslint/bin/eslint.js', ['--max-warnings', '0', '.'])),
          await check('format', tool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])),
          await check('types', tool('typescript/bin/tsc', ['--noEmit', '-p', '.'])),
          await check(
            'house',
            tool('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.js', ...house])
          )
        ].reduce(addTotals)
  const once = addTotals(await runTap(light, 2), await runTap(heavy, 1))
  return addTotals(addTotals(checks, once), await runOnMongoDb(onStore))
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

try {
  const totals = await runAll(process.argv.slice(2))
  const skippedInCi = totals.skipped > 0 && Boolean(process.env.CI)
  if (skippedInCi) console.log('✗ tests were skipped, which CI does not allow')
  if (totals.failed > 0 || skippedInCi) process.exitCode = 1
  console.log(totalsLine(totals))
} catch (error) {
  console.log(error instanceof SetupError ? error.message : error)
  console.log(totalsLine(failedOnce))
  process.exitCode = 1
}
