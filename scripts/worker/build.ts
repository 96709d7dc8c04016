import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { step } from '../progress.ts'
import { compileWorker, type WorkerKind } from './compile.ts'
import { installWorker } from './install.ts'
import { buildLibsrtp } from './libsrtp.ts'
import type { MediasoupPackage } from './mediasoup-package.ts'
import { prepareSource } from './source.ts'
import { withWorkFolder } from './work-folder.ts'

/**
 * Builds the worker from the source in the npm package with the distribution's libraries, and installs it.
 * @throws SetupError with the last lines of output of the command that failed
 */
export async function buildWorker(
  mediasoup: MediasoupPackage,
  cache: string,
  place: string,
  kind: WorkerKind = 'fast'
): Promise<void> {
  const startedAt = Date.now()
  const logFile = join(cache, 'worker-build.log')
  await mkdir(cache, { recursive: true })
  await rm(logFile, { force: true })

  await withWorkFolder(cache, async folder => {
    const source = join(folder, 'worker')
    await prepareSource(join(mediasoup.folder, 'worker'), source, logFile)
    step('Building libsrtp')
    const pkgConfigPath = await buildLibsrtp(join(folder, 'libsrtp'), logFile)
    step('Building the media worker: 3 to 12 minutes, once')
    const binary = await compileWorker(source, { kind, pkgConfigPath, logFile })
    await installWorker(binary, place)
  })
  step(`Built the media worker in ${Math.round((Date.now() - startedAt) / 1000)} s`)
}
