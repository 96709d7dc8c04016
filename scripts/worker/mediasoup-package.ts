import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { mediasoupVersion } from '../../media/worker-binary.ts'
import { SetupError } from '../setup-error.ts'

export interface MediasoupPackage {
  /** The folder of the installed package; the worker's source is in its `worker`. */
  readonly folder: string
  readonly version: string
  /** Where the project lives, as the package says it. */
  readonly repositoryUrl: string
}

/**
 * Finds the installed mediasoup.
 * @throws SetupError when it is not installed, or not the version this code is written for
 */
export function findMediasoup(): MediasoupPackage {
  const folder = mediasoupFolder()
  const { version, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (version !== mediasoupVersion) {
    throw new SetupError(
      `mediasoup ${version} is installed, but media/worker-binary.ts is written for ${mediasoupVersion}. ` +
        'Run `npm ci`; after an upgrade on purpose change that file and try the build in scripts/worker/.'
    )
  }
  return { folder, version, repositoryUrl: repository.url.replace(/^git\+/, '').replace(/\.git$/, '') }
}

function mediasoupFolder(): string {
  try {
    // The package does not export its package.json; its entry lies in node/lib.
    return fileURLToPath(new URL('../..', import.meta.resolve('mediasoup')))
  } catch {
    throw new SetupError('mediasoup is not installed. Run `npm ci` first.')
  }
}
