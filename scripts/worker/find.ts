import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'

import { step } from '../progress.ts'
import { SetupError } from '../setup-error.ts'
import { ensurePackages, workerRuntimePackages } from '../system-packages.ts'
import type { MediasoupPackage } from './mediasoup-package.ts'
import { downloadPrebuilt, findPrebuilt, type PrebuiltEnvironment } from './prebuilt.ts'
import { workerRuns } from './runs.ts'

export interface FindEnvironment extends PrebuiltEnvironment {
  readonly MEDIASOUP_WORKER_BIN?: string | undefined
}

export interface FindOptions {
  readonly env: FindEnvironment
  readonly mediasoup: MediasoupPackage
  readonly cache: string
  /** The path at which a worker of this version is installed. */
  readonly place: string
}

/**
 * Finds the worker without building it: the worker of MEDIASOUP_WORKER_BIN, that in the cache, or mediasoup's prebuilt
 * one.
 * @returns its path, or undefined when it must be built
 * @throws SetupError when the worker of MEDIASOUP_WORKER_BIN does not run
 */
export async function findWorker(options: FindOptions): Promise<string | undefined> {
  const given = options.env.MEDIASOUP_WORKER_BIN
  if (given) return checkGiven(given)
  if (await cachedWorks(options.place)) return options.place
  return (await prebuiltWorks(options)) ? options.place : undefined
}

async function checkGiven(path: string): Promise<string> {
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false
  )
  if (isExecutable && (await workerRuns(path))) return path
  const problem = isExecutable ? 'does not run as a mediasoup worker on this machine' : 'is not an executable file'
  throw new SetupError(
    `MEDIASOUP_WORKER_BIN names ${path}, which ${problem}. Correct it, or unset it to download or build the worker.`
  )
}

async function cachedWorks(place: string): Promise<boolean> {
  if (!existsSync(place)) return false
  if (await workerRuns(place)) return true
  step(`The media worker in ${place} does not run: checking its libraries`)
  await ensurePackages(workerRuntimePackages)
  return workerRuns(place)
}

async function prebuiltWorks({ env, mediasoup, cache, place }: FindOptions): Promise<boolean> {
  if (env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD) return false
  try {
    const prebuilt = findPrebuilt(mediasoup, env)
    step('Downloading the media worker')
    await downloadPrebuilt(prebuilt, cache, place)
    return true
  } catch (error) {
    step(`No prebuilt media worker (${reasonOf(error)}): building it`)
    return false
  }
}

/** Returns the message of an error. The errors of `fetch` have the actual reason in their cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
