import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'

import { step } from '../progress.ts'
import { SetupError } from '../setup-error.ts'
import { ensurePackages, workerRuntimePackages } from '../system-packages.ts'
import type { MediasoupPackage } from './mediasoup-package.ts'
import { downloadPrebuilt, prebuiltUrl, type PrebuiltEnvironment } from './prebuilt.ts'
import { workerRuns } from './runs.ts'

export interface FindEnvironment extends PrebuiltEnvironment {
  readonly MEDIASOUP_WORKER_BIN?: string | undefined
}

export interface FindOptions {
  readonly env: FindEnvironment
  readonly mediasoup: MediasoupPackage
  readonly cache: string
  /** Where the worker of this version belongs. */
  readonly place: string
}

/**
 * Gets the worker without building it: the one that was given, the one in the cache, or mediasoup's prebuilt one.
 * @returns its path; undefined when it has to be built
 * @throws SetupError when the one that was given is of no use
 */
export async function findWorker(options: FindOptions): Promise<string | undefined> {
  const given = options.env.MEDIASOUP_WORKER_BIN
  if (given) return checkGiven(given)
  if (await cachedWorks(options.place)) return options.place
  return (await prebuiltWorks(options)) ? options.place : undefined
}

async function checkGiven(path: string): Promise<string> {
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false
  )
  if (executable && (await workerRuns(path))) return path
  throw new SetupError(
    `MEDIASOUP_WORKER_BIN names ${path}, which ${executable ? 'does not run as a mediasoup worker on this machine' : 'is no executable file'}. ` +
      'Correct it, or unset it to have the worker fetched or built.'
  )
}

async function cachedWorks(place: string): Promise<boolean> {
  if (!existsSync(place)) return false
  if (await workerRuns(place)) return true
  step(`The media worker in ${place} does not run: looking for the libraries it needs`)
  await ensurePackages(workerRuntimePackages)
  return workerRuns(place)
}

async function prebuiltWorks({ env, mediasoup, cache, place }: FindOptions): Promise<boolean> {
  if (env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD) return false
  step('Fetching the media worker')
  try {
    await downloadPrebuilt(prebuiltUrl(mediasoup, env), cache, place)
    return true
  } catch (error) {
    step(`No prebuilt media worker (${reasonOf(error)}): building it`)
    return false
  }
}

/** fetch hides what really happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
