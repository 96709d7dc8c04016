import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { run } from '../command.ts'
import { step } from '../progress.ts'
import { layerKey, type Layer, type Layers } from './layers.ts'
import type { Machine } from './machine.ts'

/** Debian's names of the releases whose images this check can stand in for. */
const releases: Readonly<Record<string, string>> = { 'debian:12-slim': 'bookworm', 'debian:13-slim': 'trixie' }
/** What Debian's slim images leave out of every package: https://github.com/debuerreotype/debuerreotype, scripts/.slimify-excludes */
const slim = [
  'path-exclude /usr/share/doc/*',
  'path-include /usr/share/doc/*/copyright',
  ...['groff', 'info', 'linda', 'lintian', 'locale', 'man'].map(folder => `path-exclude /usr/share/${folder}/*`)
]
const bootstrapTimeoutMs = 10 * 60_000

/**
 * Debian's release that a base image is of.
 * @throws Error for an image that debootstrap can't make
 */
export function releaseOf(image: string): string {
  const [tag = ''] = image.split('@')
  const release = releases[tag]
  if (release === undefined) {
    throw new Error(`${image} is not among the base images this check knows: ${Object.keys(releases).join(', ')}`)
  }
  return release
}

/** A fresh Debian of the same release as the base image, as small as debootstrap makes it. */
export async function bootstrapBase(image: string, machine: Machine, layers: Layers): Promise<Layer> {
  const release = releaseOf(image)
  const key = layerKey('debootstrap', slim, release, machine.aptSources, machine.aptConfig, process.arch)
  return layers.get(key, `FROM ${image} (debootstrap, minbase)`, async files => {
    step(`Making a fresh Debian ${release}`)
    await run(
      'debootstrap',
      [
        '--variant=minbase',
        release,
        files,
        machine.aptSources[0]?.split(/\s+/).find(word => word.includes('://')) ?? ''
      ],
      { timeoutMs: bootstrapTimeoutMs }
    )
    await writeFile(join(files, 'etc/apt/sources.list'), `${machine.aptSources.map(signedByDebian).join('\n')}\n`)
    await writeFile(join(files, 'etc/apt/apt.conf.d/80machine'), `${machine.aptConfig.join('\n')}\n`)
    await writeFile(join(files, 'etc/dpkg/dpkg.cfg.d/slim'), `${slim.join('\n')}\n`)
    for (const folder of ['usr/share/groff', 'usr/share/info', 'usr/share/locale', 'usr/share/man']) {
      await rm(join(files, folder), { recursive: true, force: true })
    }
    for (const folder of ['var/lib/apt/lists', 'var/cache/apt', 'var/log']) {
      await rm(join(files, folder), { recursive: true, force: true })
    }
    await run(
      'mkdir',
      [
        '-p',
        ...['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial', 'var/log'].map(folder => join(files, folder))
      ],
      { timeoutMs: 5000 }
    )
    // debootstrap keeps the machine's; what is mounted over it needs a file.
    await rm(join(files, 'etc/resolv.conf'), { force: true })
    await writeFile(join(files, 'etc/resolv.conf'), '')
    // The layer's folder becomes the root.
    await chmod(files, 0o755)
  })
}

/** Keys have the same place in every Debian. */
function signedByDebian(line: string): string {
  return line.includes('[')
    ? line
    : line.replace(/^deb /, 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ')
}
