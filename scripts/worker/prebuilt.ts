import { writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'

import { run } from '../command.ts'
import { installWorker } from './install.ts'
import type { MediasoupPackage } from './mediasoup-package.ts'
import { withWorkFolder } from './work-folder.ts'

/** How long a machine behind a wall waits before it goes on to build. */
const answerTimeoutMs = 4_000
const downloadTimeoutMs = 120_000

export interface PrebuiltEnvironment {
  readonly MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL?: string | undefined
  readonly MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD?: string | undefined
}

/** The address of mediasoup's own prebuilt worker for this machine, put together as mediasoup's npm-scripts.mjs does it. */
export function prebuiltUrl(mediasoup: MediasoupPackage, env: PrebuiltEnvironment): string {
  const base = env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || `${mediasoup.repositoryUrl}/releases/download`
  const kernel = process.platform === 'linux' ? `-kernel${Number(release().split('.')[0])}` : ''
  const file = `mediasoup-worker-${mediasoup.version}-${process.platform}-${process.arch}${kernel}.tgz`
  return `${base}/${mediasoup.version}/${file}`
}

/**
 * Downloads the prebuilt worker and puts it in its place.
 * @throws Error when it can't be had or does not run here; another way is tried then
 */
export async function downloadPrebuilt(url: string, cache: string, place: string): Promise<void> {
  await withWorkFolder(cache, async folder => {
    const archive = join(folder, 'worker.tgz')
    await download(url, archive)
    await run('tar', ['-xzf', archive, '-C', folder, 'mediasoup-worker'], { timeoutMs: 30_000 })
    await installWorker(join(folder, 'mediasoup-worker'), place)
  })
}

async function download(url: string, file: string): Promise<void> {
  const noAnswer = new AbortController()
  const timer = setTimeout(
    () => noAnswer.abort(new Error(`no answer within ${answerTimeoutMs / 1000} s`)),
    answerTimeoutMs
  )
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([noAnswer.signal, AbortSignal.timeout(downloadTimeoutMs)])
    })
    clearTimeout(timer)
    if (!response.ok) throw new Error(`the answer was ${response.status}`)
    await writeFile(file, await response.bytes())
  } finally {
    clearTimeout(timer)
  }
}
