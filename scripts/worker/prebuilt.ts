import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'

import { run } from '../command.ts'
import { installWorker } from './install.ts'
import type { MediasoupPackage } from './mediasoup-package.ts'
import { prebuiltSums } from './prebuilt-sums.ts'
import { withWorkFolder } from './work-folder.ts'

/** A machine behind a firewall waits for this time before it builds the worker. */
const answerTimeoutMs = 4_000
const downloadTimeoutMs = 120_000

export interface PrebuiltEnvironment {
  readonly MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL?: string | undefined
  readonly MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD?: string | undefined
  /** SHA-256 of the archive that the operator trusts; it precedes ours. */
  readonly MEDIASOUP_WORKER_PREBUILT_SHA256?: string | undefined
}

/** A prebuilt worker for this machine, and the SHA-256 its archive must have. */
export interface Prebuilt {
  readonly url: string
  readonly sha256: string
}

/**
 * Finds mediasoup's prebuilt worker for this machine.
 * @throws Error when its SHA-256 is unknown or not one; the caller then builds the worker
 */
export function findPrebuilt(
  mediasoup: MediasoupPackage,
  env: PrebuiltEnvironment,
  sums: Readonly<Record<string, string>> = prebuiltSums
): Prebuilt {
  const url = prebuiltUrl(mediasoup, env)
  const file = url.slice(url.lastIndexOf('/') + 1)
  const sha256 = env.MEDIASOUP_WORKER_PREBUILT_SHA256?.toLowerCase() || sums[file]
  if (sha256 === undefined) throw new Error(`no checksum is pinned for ${file}`)
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('MEDIASOUP_WORKER_PREBUILT_SHA256 is not a SHA-256')
  return { url, sha256 }
}

/** Returns the URL of mediasoup's prebuilt worker for this machine, built as in mediasoup's npm-scripts.mjs. */
export function prebuiltUrl(mediasoup: MediasoupPackage, env: PrebuiltEnvironment): string {
  const base = env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || `${mediasoup.repositoryUrl}/releases/download`
  const kernel = process.platform === 'linux' ? `-kernel${Number(release().split('.')[0])}` : ''
  const file = `mediasoup-worker-${mediasoup.version}-${process.platform}-${process.arch}${kernel}.tgz`
  return `${base}/${mediasoup.version}/${file}`
}

/**
 * Downloads the prebuilt worker and installs it. Unpacks nothing before the checksum is right.
 * @throws Error when it cannot be downloaded, is another file or does not run on this machine; the caller then builds
 *   the worker
 */
export async function downloadPrebuilt({ url, sha256 }: Prebuilt, cache: string, place: string): Promise<void> {
  await withWorkFolder(cache, async folder => {
    const archive = join(folder, 'worker.tgz')
    await download(url, archive, sha256)
    await run('tar', ['-xzf', archive, '-C', folder, 'mediasoup-worker'], { timeoutMs: 30_000 })
    await installWorker(join(folder, 'mediasoup-worker'), place)
  })
}

async function download(url: string, file: string, sha256: string): Promise<void> {
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
    const bytes = await response.bytes()
    const actual = createHash('sha256').update(bytes).digest('hex')
    if (actual !== sha256) throw new Error(`its SHA-256 is ${actual} instead of ${sha256}`)
    await writeFile(file, bytes)
  } finally {
    clearTimeout(timer)
  }
}
