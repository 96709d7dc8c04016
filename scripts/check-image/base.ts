import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { run } from '../command.ts'
import { step } from '../progress.ts'
import { layerKey, type Layer, type Layers } from './layers.ts'
import type { Machine } from './machine.ts'

/** Release names of the base images that this check can replace. */
const releases: Readonly<Record<string, string>> = { 'debian:12-slim': 'bookworm', 'debian:13-slim': 'trixie' }
/**
 * Files of packages that Debian's slim images omit: https://github.com/debuerreotype/debuerreotype,
 * scripts/.slimify-excludes
 */
const slim = [
  'path-exclude /usr/share/doc/*',
  'path-include /usr/share/doc/*/copyright',
  ...['groff', 'info', 'linda', 'lintian', 'locale', 'man'].map(folder => `path-exclude /usr/share/${folder}/*`)
]
const bootstrapTimeoutMs = 10 * 60_000

/**
 * Returns the Debian release of a base image.
 * @throws Error for an image that debootstrap cannot create
 */
export function releaseOf(image: string): string {
  const [tag = ''] = image.split('@')
  const release = releases[tag]
  if (release === undefined) {
    throw new Error(`This check does not know the base image ${image}. It knows: ${Object.keys(releases).join(', ')}`)
  }
  return release
}

/** Creates a minimal Debian of the base image's release with debootstrap. */
export async function bootstrapBase(image: string, machine: Machine, layers: Layers): Promise<Layer> {
  const release = releaseOf(image)
  const key = layerKey('debootstrap', slim, release, machine.aptSources, machine.aptConfig, process.arch)
  return layers.get(key, `FROM ${image} (debootstrap, minbase)`, async files => {
    step(`Creating a Debian ${release} with debootstrap`)
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
    // debootstrap copies the file of this machine. The later bind mount needs an existing file.
    await rm(join(files, 'etc/resolv.conf'), { force: true })
    await writeFile(join(files, 'etc/resolv.conf'), '')
    // The layer's folder becomes the root.
    await chmod(files, 0o755)
  })
}

/** Adds the path of Debian's keys to a line, which is the same in every release. */
function signedByDebian(line: string): string {
  return line.includes('[')
    ? line
    : line.replace(/^deb /, 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ')
}
