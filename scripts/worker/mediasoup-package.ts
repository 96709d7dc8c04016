import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { mediasoupVersion } from '../../media/worker-binary.ts'
import { SetupError } from '../setup-error.ts'

export interface MediasoupPackage {
  /** The folder of the installed package. The worker's source is in its subfolder `worker`. */
  readonly folder: string
  readonly version: string
  /** The URL of the project, from the package. */
  readonly repositoryUrl: string
}

/**
 * Finds the installed mediasoup.
 * @throws SetupError when it is not installed, or has another version than this code expects
 */
export function findMediasoup(): MediasoupPackage {
  const folder = mediasoupFolder()
  const { version, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (version !== mediasoupVersion) {
    throw new SetupError(
      `mediasoup ${version} is installed, but media/worker-binary.ts is written for ${mediasoupVersion}. ` +
        'Run `npm ci`. After an intended upgrade, change that file and test the build in scripts/worker/.'
    )
  }
  return { folder, version, repositoryUrl: repository.url.replace(/^git\+/, '').replace(/\.git$/, '') }
}

function mediasoupFolder(): string {
  try {
    // The package does not export its package.json. Its entry file is in node/lib.
    return fileURLToPath(new URL('../..', import.meta.resolve('mediasoup')))
  } catch {
    throw new SetupError('mediasoup is not installed. Run `npm ci` first.')
  }
}
