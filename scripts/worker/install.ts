import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { SetupError } from '../setup-error.ts'
import { workerRuns } from './runs.ts'

/**
 * Moves a worker to its place, at once and only if it runs, so that nobody ever finds half a file or a broken one there.
 * @throws SetupError when it does not run
 */
export async function installWorker(binary: string, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  const arriving = `${place}.${randomUUID()}`
  try {
    await copyFile(binary, arriving)
    await chmod(arriving, 0o755)
    if (!(await workerRuns(arriving))) {
      throw new SetupError(
        `The media worker in ${binary} does not run on this machine (it did not end with exit code 41 when started by hand).`
      )
    }
    await rename(arriving, place)
  } finally {
    await rm(arriving, { force: true })
  }
}
