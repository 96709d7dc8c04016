import { join } from 'node:path'

import { cacheFolder } from '../media/worker-binary.ts'
import { stopCommands } from './command.ts'
import { readDurations, saveDurations, slowestFirst, slowestTable } from './run-tests/durations.ts'
import { checkJob, fileJob, runJobs, type Job, type JobOptions } from './run-tests/jobs.ts'
import { findTestFiles } from './run-tests/test-files.ts'
import { addTotals, failedOnce, totalsLine, type Totals } from './run-tests/totals.ts'
import { SetupError } from './setup-error.ts'

const root = join(import.meta.dirname, '..')
/** Durations of earlier runs on this machine; they decide which files start first. */
const durationsFile = join(cacheFolder(process.env), 'test-durations.json')
const maxParallel = 2
const maxSlowest = 15

/** Files and folders whose imports are checked. Every other one is unknown to the rules of .dependency-cruiser.js. */
const importingFolders = [
  'server.ts',
  'app.ts',
  'config',
  'contract',
  'client',
  'media',
  'deploy',
  'plugins',
  'processes',
  'realtime',
  'routes',
  'scripts',
  'web/src'
]

/** Tests of data that is not in the project, and the setting that names its folder. */
const dataSettings: Readonly<Record<string, string>> = {
  'plugins/embedded/test/specifications.test.ts': 'MONGODB_SPECS'
}

/** Tests that run once more with records in DynamoDB. All others do in `npm run check:records`. */
const recordsFiles: readonly string[] = [
  'test/realtime/comment-rules.test.ts',
  'test/realtime/cluster/ended-shows.test.ts'
]

/** Leaves out the tests whose data is not here, and says so. */
function withData(files: readonly string[]): string[] {
  return files.filter(file => {
    const setting = dataSettings[file]
    const hasData = setting === undefined || process.env[setting] !== undefined
    if (!hasData) console.log(`- ${file}: left out, ${setting} names no folder with its data`)
    return hasData
  })
}

function tool(path: string, args: readonly string[]): string[] {
  return [join(root, 'node_modules', path), ...args]
}

/** Checks of the whole tree. They read the disk for long and leave room for a test beside them. */
function treeChecks(options: JobOptions): Job[] {
  return [
    checkJob('lint', tool('eslint/bin/eslint.js', ['--max-warnings', '0', '.']), options),
    checkJob('types', tool('typescript/bin/tsc', ['--noEmit', '-p', '.']), options),
    checkJob(
      'imports',
      tool('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.js', ...importingFolders]),
      options
    ),
    checkJob('format', tool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']), options)
  ]
}

/** Runs the tests that depend on the store once more on the MongoDB of MONGODB_TEST_URL, when it is set. */
function mongoJobs(files: readonly string[], options: JobOptions): Job[] {
  const { MONGODB_TEST_URL } = process.env
  if (MONGODB_TEST_URL === undefined) return []
  return files.map(file =>
    fileJob(file, { ...options, label: `${file} on MongoDB`, env: { TEST_STORE_URL: MONGODB_TEST_URL } })
  )
}

/** Runs some tests once more with records in the DynamoDB of DYNAMODB_TEST_URL, when it is set. */
function dynamoJobs(files: readonly string[], options: JobOptions): Job[] {
  const { DYNAMODB_TEST_URL, TEST_RECORDS_ENDPOINT } = process.env
  if (DYNAMODB_TEST_URL === undefined || TEST_RECORDS_ENDPOINT !== undefined) return []
  const env = { TEST_RECORDS_ENDPOINT: DYNAMODB_TEST_URL }
  return files
    .filter(file => recordsFiles.includes(file))
    .map(file => fileJob(file, { ...options, label: `${file} on DynamoDB`, env }))
}

/** Runs the checks of the tree and all tests; with names of files or folders, only the tests in those. */
async function runAll(names: readonly string[]): Promise<Totals> {
  const { light, browser, timed, onStore } = findTestFiles(root, names)
  const known = await readDurations(durationsFile)
  const measured: Record<string, number> = {}
  const options: JobOptions = {
    root,
    show: line => console.log(line),
    onDuration: (name, ms) => {
      measured[name] = ms
    }
  }
  const ordered = (files: readonly string[]) => slowestFirst(files, known)
  const fileJobs = (files: readonly string[]) => ordered(files).map(file => fileJob(file, options))

  const parallel = [...(names.length === 0 ? treeChecks(options) : []), ...fileJobs(withData(light))]
  let totals = await runJobs(parallel, maxParallel)
  totals = addTotals(totals, await runJobs(mongoJobs(ordered(onStore), options), maxParallel))
  totals = addTotals(totals, await runJobs(dynamoJobs(ordered(onStore), options), maxParallel))
  totals = addTotals(totals, await runJobs(fileJobs(browser), maxParallel))
  totals = addTotals(totals, await runJobs(fileJobs(timed), 1))
  await saveDurations(durationsFile, { ...known, ...measured })
  console.log(`\n${slowestTable(measured, maxSlowest)}\n`)
  return totals
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

try {
  const totals = await runAll(process.argv.slice(2))
  const isIncomplete = totals.skipped > 0 && Boolean(process.env.CI)
  if (isIncomplete) console.log('✗ skipped tests are not allowed in CI')
  if (totals.failed > 0 || isIncomplete) process.exitCode = 1
  console.log(totalsLine(totals))
} catch (error) {
  console.log(error instanceof SetupError ? error.message : error)
  console.log(totalsLine(failedOnce))
  process.exitCode = 1
}
