import { writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'

import { run } from '../command.ts'
import { installWorker } from './install.ts'
import type { MediasoupPackage } from './mediasoup-package.ts'
import { withWorkFolder } from './work-folder.ts'

/** A machine behind a firewall waits for this time before it builds the worker. */
const answerTimeoutMs = 4_000
const downloadTimeoutMs = 120_000

export interface PrebuiltEnvironment {
  readonly MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL?: string | undefined
  readonly MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD?: string | undefined
}

/** Returns the URL of mediasoup's prebuilt worker for this machine, built as in mediasoup's npm-scripts.mjs. */
export function prebuiltUrl(mediasoup: MediasoupPackage, env: PrebuiltEnvironment): string {
  const base = env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || `${mediasoup.repositoryUrl}/releases/download`
  const kernel = process.platform === 'linux' ? `-kernel${Number(release().split('.')[0])}` : ''
  const file = `mediasoup-worker-${mediasoup.version}-${process.platform}-${process.arch}${kernel}.tgz`
  return `${base}/${mediasoup.version}/${file}`
}

/**
 * Downloads the prebuilt worker and installs it.
 * @throws Error when it cannot be downloaded or does not run on this machine; the caller then builds the worker
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
