import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import { attempt, run } from '../command.ts'
import { step } from '../progress.ts'
import { ensurePackages } from '../system-packages.ts'
import { applyPatches } from './patches.ts'

const version = '2.5.0'
const archive = `libsrtp2_${version}.orig.tar.gz`
const archiveSha256 = '8a43ef8e9ae2b665292591af62aa1a4ae41e468b6d98d8258f91478735da4e09'
/** Changes that make it faster. */
const patches = join(import.meta.dirname, 'libsrtp-patches')
const downloadTimeoutMs = 60_000
const buildTimeoutMs = 5 * 60_000

/**
 * Builds libsrtp with OpenSSL from Debian's source archive. Debian's binary uses NSS, which costs the worker a third to
 * a half more time for each packet. Installs Debian's binary when the archive cannot be downloaded.
 * @returns the folder of its pkg-config file, or undefined for the system's
 */
export async function buildLibsrtp(folder: string, logFile: string): Promise<string | undefined> {
  await mkdir(folder)
  if (!(await fetchArchive(folder, logFile))) {
    step('The source of libsrtp cannot be downloaded: using the packaged binary, which encrypts more slowly')
    await ensurePackages(['libsrtp2-dev'])
    return undefined
  }

  const source = join(folder, `libsrtp-${version}`)
  const prefix = join(folder, 'installed')
  const options = { cwd: source, timeoutMs: buildTimeoutMs, logFile }
  await run('tar', ['-xzf', archive], { ...options, cwd: folder })
  await applyPatches({ source, patches }, logFile)
  await run('./configure', ['--enable-openssl', '--disable-pcap', `--prefix=${prefix}`], options)
  await run('make', [`-j${availableParallelism()}`, 'libsrtp2.a'], options)
  await run('make', ['install'], options)
  return join(prefix, 'lib', 'pkgconfig')
}

/**
 * Downloads the source archive. Debian has no deb-src line by default, but the archive is next to the binary package.
 */
async function fetchArchive(folder: string, logFile: string): Promise<boolean> {
  const options = { cwd: folder, timeoutMs: downloadTimeoutMs, logFile }
  const named = await attempt('apt-get', ['download', '--print-uris', 'libsrtp2-dev'], options)
  const uri = named.lines.map(line => /^'([^']+)'/.exec(line)?.[1]).find(found => found !== undefined)
  if (named.code !== 0 || uri === undefined) return false

  const archiveUri = `${uri.slice(0, uri.lastIndexOf('/'))}/${archive}`
  const fetched = await attempt(
    '/usr/lib/apt/apt-helper',
    ['download-file', archiveUri, archive, `SHA256:${archiveSha256}`],
    options
  )
  return fetched.code === 0
}
