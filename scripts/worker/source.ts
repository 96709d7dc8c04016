import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { SetupError } from '../setup-error.ts'
import { applyPatches } from './patches.ts'

const adapters = join(import.meta.dirname, 'adapters')
/** Changes of mediasoup's worker: what it needs to build with Debian's libraries, and what makes it faster. */
export const workerPatches = join(import.meta.dirname, 'patches')

/** The first line of `meson.build` that needs one of mediasoup's own copies of a library. */
const firstSubproject = /^.*\bsubproject\(/m

/**
 * Copies the worker's source from the npm package and makes it buildable with the distribution's libraries.
 * @throws SetupError when the patches do not match the source
 */
export async function prepareSource(workerFolder: string, target: string, logFile?: string): Promise<void> {
  await cp(workerFolder, target, { recursive: true })
  await cp(adapters, join(target, 'adapters'), { recursive: true })
  await applyPatches({ source: target, patches: workerPatches }, logFile)

  const buildFile = join(target, 'meson.build')
  const ending = await readFile(join(adapters, 'worker.meson'), 'utf8')
  await writeFile(buildFile, withOwnEnding(await readFile(buildFile, 'utf8'), ending))
}

/**
 * Replaces everything from the first subproject to the end.
 * @throws SetupError when there is none
 */
export function withOwnEnding(mesonBuild: string, ending: string): string {
  const from = mesonBuild.search(firstSubproject)
  if (from < 0) {
    throw new SetupError(
      "The media worker is not built: mediasoup's worker/meson.build no longer names a subproject. " +
        'Check how it finds its libraries now and adapt scripts/worker/source.ts.'
    )
  }
  return mesonBuild.slice(0, from) + ending
}
