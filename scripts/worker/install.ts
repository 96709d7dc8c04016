import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { SetupError } from '../setup-error.ts'
import { workerRuns } from './runs.ts'

/**
 * Installs a worker atomically, and only if it runs, so that other processes never find a partial or broken file.
 * @throws SetupError when the worker does not run
 */
export async function installWorker(binary: string, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  const arriving = `${place}.${randomUUID()}`
  try {
    await copyFile(binary, arriving)
    await chmod(arriving, 0o755)
    if (!(await workerRuns(arriving))) {
      throw new SetupError(
        `The media worker in ${binary} does not run on this machine ` +
          '(when started directly, it did not end with exit code 41).'
      )
    }
    await rename(arriving, place)
  } finally {
    await rm(arriving, { force: true })
  }
}
