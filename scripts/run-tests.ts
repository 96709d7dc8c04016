import { join } from 'node:path'

import { cacheFolder } from '../media/worker-binary.ts'
import { printRows } from '../test/load/bench-rows.ts'
import { stopCommands } from './command.ts'
import { readDurations, saveDurations, slowestFirst, slowestTable } from './run-tests/durations.ts'
import { batchesOf } from './run-tests/batches.ts'
import { areProcessorsIdle } from './run-tests/idle-processors.ts'
import { batchJob, checkJob, fileJob, runJobs, testCache, type Job, type JobOptions } from './run-tests/jobs.ts'
import { mongoFiles, recordsFiles } from './run-tests/second-passes.ts'
import { findFastFiles, findSlowFiles, slowTests } from './run-tests/slow-tests.ts'
import { findTestFiles } from './run-tests/test-files.ts'
import { addTotals, failedOnce, noTotals, totalsLine, type Totals } from './run-tests/totals.ts'
import { SetupError } from './setup-error.ts'

const root = join(import.meta.dirname, '..')
/** Durations of earlier runs on this machine; they decide which files start first. */
const durationsFile = join(cacheFolder(process.env), 'test-durations.json')
const maxParallel = 3
const maxParallelBrowsers = 2
/** Tests that measure times of media workers use a tenth of a processor. */
const maxParallelMedia = 3
/** Tests that run in addition while the processors are idle. */
const maxSpare = 2
const maxSpareBrowsers = 1
const maxSlowest = 15
/** Target of the whole run on two cores. With `--json`, the last line has the time that it took. */
const maxMinutes = 12

const mediaFolder = 'test/media/'

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

/** The compiler and the formatter look again only at what changed since the last run in this folder. */
const typesCache = ['--incremental', '--tsBuildInfoFile', join(testCache, 'types.json')]
const formatCache = ['--cache', '--cache-strategy', 'content', '--cache-location', join(testCache, 'format.json')]

/** Checks of the whole tree. They read the disk for long and leave room for a test beside them. */
function treeChecks(options: JobOptions): Job[] {
  return [
    checkJob('lint', tool('eslint/bin/eslint.js', ['--max-warnings', '0', '.']), options),
    checkJob('types', tool('typescript/bin/tsc', ['--noEmit', '-p', '.', ...typesCache]), options),
    checkJob(
      'imports',
      tool('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.js', ...importingFolders]),
      options
    ),
    checkJob(
      'format',
      tool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', ...formatCache, '.']),
      options
    )
  ]
}

/** Runs tests that depend on the store once more on the MongoDB of MONGODB_TEST_URL, when it is set. */
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

/**
 * Runs the checks of the tree and all tests except for slow ones; when slow, the slow ones and those with more cases at
 * night. With names of files or folders, runs only the tests in those.
 */
async function runAll(names: readonly string[], isSlow: boolean): Promise<Totals> {
  const isWhole = names.length === 0 && !isSlow
  if (isWhole) console.log(`- ${Object.keys(slowTests).length} slow files: left out, npm run check:slow runs them`)
  const chosen = isSlow ? findSlowFiles(root) : findFastFiles(root)
  const { light, browser, timed, onStore } = findTestFiles(root, names.length > 0 ? names : chosen)
  const known = await readDurations(durationsFile)
  const measured: Record<string, number> = {}
  const options: JobOptions = {
    root,
    show: line => console.log(line),
    onDuration: (name, ms) => {
      measured[name] = ms
    }
  }
  const env: Record<string, string> = isSlow ? { TEST_DEPTH: 'nightly' } : {}
  const fileJobs = (files: readonly string[]) => files.map(file => fileJob(file, { ...options, env }))
  const onMongo = isWhole ? onStore.filter(file => mongoFiles.includes(file)) : onStore
  const minutes = new Map<string, number>()
  let totals = noTotals
  const phase = async (name: string, jobs: readonly Job[], maxParallel: number, maxSpare = 0) => {
    const startedAt = performance.now()
    const spare = maxSpare > 0 ? { maxSpare, isIdle: areProcessorsIdle } : undefined
    totals = addTotals(totals, await runJobs(jobs, maxParallel, spare))
    minutes.set(name, (performance.now() - startedAt) / 60_000)
  }

  const secondPasses = isSlow ? [] : [...mongoJobs(onMongo, options), ...dynamoJobs(onStore, options)]
  const { batches, alone } = isWhole ? batchesOf(light) : { batches: [], alone: light }
  const shared = batches.map(({ name, files }) => batchJob(name, files, options))
  const others = [...shared, ...fileJobs(withData(alone)), ...secondPasses]
  const checks = isWhole ? treeChecks(options) : []
  await phase('others', [...checks, ...slowestFirst(others, known)], maxParallel, maxSpare)
  await phase('browsers', slowestFirst(fileJobs(browser), known), maxParallelBrowsers, maxSpareBrowsers)
  const media = timed.filter(file => file.startsWith(mediaFolder))
  await phase('media', slowestFirst(fileJobs(media), known), maxParallelMedia)
  await phase('timed', slowestFirst(fileJobs(timed.filter(file => !media.includes(file))), known), 1)
  if (!isSlow) await saveDurations(durationsFile, { ...known, ...measured })
  console.log(`\n${slowestTable(measured, maxSlowest)}\n`)
  console.log(`${[...minutes].map(([name, value]) => `${name} ${value.toFixed(1)} min`).join(', ')}\n`)
  return totals
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

const isSlow = process.argv.includes('--slow')
const names = process.argv.slice(2).filter(argument => argument !== '--json' && argument !== '--slow')
const startedAt = performance.now()
try {
  const totals = await runAll(names, isSlow)
  const isIncomplete = totals.skipped > 0 && Boolean(process.env.CI)
  if (isIncomplete) console.log('✗ skipped tests are not allowed in CI')
  if (totals.failed > 0 || isIncomplete) process.exitCode = 1
  console.log(totalsLine(totals))
  const minutes = (performance.now() - startedAt) / 60_000
  if (names.length === 0 && !isSlow) {
    printRows([{ row: 9, name: 'npm test', value: minutes, unit: 'min', target: maxMinutes, atMost: true }])
  }
} catch (error) {
  console.log(error instanceof SetupError ? error.message : error)
  console.log(totalsLine(failedOnce))
  process.exitCode = 1
}
