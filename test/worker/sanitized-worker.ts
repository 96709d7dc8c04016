import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { cachedWorkerPath, cacheFolder } from '../../media/worker-binary.ts'
import { ensurePackages, workerBuildPackages } from '../../scripts/system-packages.ts'
import { buildWorker } from '../../scripts/worker/build.ts'
import { findMediasoup } from '../../scripts/worker/mediasoup-package.ts'
import { workerRuns } from '../../scripts/worker/runs.ts'

const scripts = join(import.meta.dirname, '..', '..', 'scripts', 'worker')

/** Returns the path of a worker with the sanitizers. Builds it unless the cache has the one that would be built. */
export async function getSanitizedWorker(): Promise<string> {
  const folder = `${dirname(cachedWorkerPath(process.env))}-sanitized`
  const worker = join(folder, `mediasoup-worker-${hashOfFiles(scripts)}`)
  if (await workerRuns(worker)) return worker
  await ensurePackages(workerBuildPackages)
  rmSync(folder, { recursive: true, force: true })
  await buildWorker(findMediasoup(), cacheFolder(process.env), worker, 'sanitized')
  return worker
}

/** Returns a hash of all files in a folder. */
function hashOfFiles(folder: string): string {
  const hash = createHash('sha256')
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted()
  for (const path of paths) hash.update(relative(folder, path)).update(readFileSync(path))
  return hash.digest('hex').slice(0, 12)
}

/** A worker whose standard error goes into files, because most tests do not look at it. */
export interface ReportingWorker {
  /** The environment of a process that starts this worker. */
  readonly env: Readonly<Record<string, string>>
  /** Returns what the sanitizers reported so far. */
  reports(): string[]
  remove(): void
}

/** Makes a program that runs a worker and keeps the reports of its sanitizers. */
export function withReports(worker: string): ReportingWorker {
  const folder = mkdtempSync(join(tmpdir(), 'ambient-sanitized-'))
  const program = join(folder, 'mediasoup-worker')
  const errors = join(folder, 'errors')
  mkdirSync(errors)
  // The worker takes the place of the shell, and so its process id.
  writeFileSync(program, `#!/bin/sh\nexec '${worker}' "$@" 2>> '${errors}'/$$\n`, { mode: 0o755 })
  return {
    env: { MEDIASOUP_WORKER_BIN: program, UBSAN_OPTIONS: 'print_stacktrace=1' },
    reports: () =>
      readdirSync(errors)
        .map(name => readFileSync(join(errors, name), 'utf8'))
        .filter(text => /runtime error:|Sanitizer/.test(text)),
    remove: () => rmSync(folder, { recursive: true })
  }
}
