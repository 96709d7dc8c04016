import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { cachedWorkerPath, cacheFolder } from '../../media/worker-binary.ts'
import { ensurePackages, workerBuildPackages } from '../../scripts/system-packages.ts'
import { buildWorker } from '../../scripts/worker/build.ts'
import { findMediasoup } from '../../scripts/worker/mediasoup-package.ts'
import { workerRuns } from '../../scripts/worker/runs.ts'

/** Returns the path of a worker with the sanitizers, which it builds if the cache has none of this recipe. */
export async function getSanitizedWorker(): Promise<string> {
  const place = cachedWorkerPath(process.env)
  const sanitized = join(`${dirname(place)}-sanitized`, basename(place))
  if (await workerRuns(sanitized)) return sanitized
  await ensurePackages(workerBuildPackages)
  await buildWorker(findMediasoup(), cacheFolder(process.env), sanitized, 'sanitized')
  return sanitized
}

/** What the sanitizers of all processes with this environment find. */
export interface SanitizerReports {
  readonly env: Record<string, string>
  /** Returns the reports so far. */
  read(): string[]
  remove(): void
}

/** Lets the sanitizers write into files, because most tests do not look at the worker's standard error. */
export function collectReports(): SanitizerReports {
  const folder = mkdtempSync(join(tmpdir(), 'ambient-sanitizers-'))
  const options = `log_path=${join(folder, 'report')}:print_stacktrace=1`
  return {
    env: { ASAN_OPTIONS: options, UBSAN_OPTIONS: options },
    read: () => readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8')),
    remove: () => rmSync(folder, { recursive: true })
  }
}
