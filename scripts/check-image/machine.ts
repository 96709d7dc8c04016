import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { attempt, run } from '../command.ts'

/** Where packages come from on this machine: what a container engine's network would give is lent to the steps, and never kept in a layer. */
export interface Machine {
  /** Lines for /etc/apt/sources.list; the first is the archive itself. */
  readonly aptSources: readonly string[]
  readonly aptConfig: readonly string[]
  readonly npmRegistry: string
  readonly npmConfigFile: string | undefined
  readonly certificates: string | undefined
}

const timeoutMs = 30_000

/**
 * Looks up how this machine reaches Debian's archive and npm.
 * @throws Error when its apt names no archive of this release
 */
export async function lookAtMachine(release: string): Promise<Machine> {
  const aptSources = await sourcesOf(release)
  if (aptSources.length === 0) {
    throw new Error(
      `No source of apt's on this machine is of Debian ${release}: this check needs one to take packages from.`
    )
  }
  const config = await run('apt-config', ['dump'], { timeoutMs })
  const [npmRegistry = ''] = await run('npm', ['config', 'get', 'registry', '--loglevel=error'], {
    timeoutMs,
    showErrors: true
  })
  const [npmConfigFile = ''] = await run('npm', ['config', 'get', 'userconfig', '--loglevel=error'], {
    timeoutMs,
    showErrors: true
  })
  return {
    aptSources,
    aptConfig: config.filter(line => /^Acquire::(Check-|http|https|ForceIP)/.test(line)),
    npmRegistry,
    npmConfigFile: await isThere(npmConfigFile),
    certificates: await isThere(process.env.NODE_EXTRA_CA_CERTS ?? '')
  }
}

async function isThere(path: string): Promise<string | undefined> {
  const { code } = await attempt('test', ['-f', path], { timeoutMs })
  return code === 0 ? path : undefined
}

async function sourcesOf(release: string): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d'
  const files = [
    '/etc/apt/sources.list',
    ...(await readdir(folder).catch(() => [])).sort().map(name => join(folder, name))
  ]
  const lines: string[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (file.endsWith('.list')) {
      lines.push(...text.split('\n').filter(line => line.startsWith('deb ') && ofRelease(line.split(/\s+/), release)))
    }
    if (file.endsWith('.sources')) lines.push(...text.split(/\n\s*\n/).flatMap(stanza => linesOf(stanza, release)))
  }
  return lines
}

/** A stanza of deb822, https://manpages.debian.org/bookworm/apt/sources.list.5.en.html, as lines of the older form. */
function linesOf(stanza: string, release: string): string[] {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'mi').exec(stanza)?.[1]?.trim().split(/\s+/) ?? []
  if (!field('Types').includes('deb')) return []
  const suites = field('Suites').filter(suite => ofRelease([suite], release))
  return field('URIs').flatMap(uri => suites.map(suite => `deb ${uri} ${suite} ${field('Components').join(' ')}`))
}

function ofRelease(words: readonly string[], release: string): boolean {
  return words.some(word => [release, `${release}-updates`, `${release}-security`].includes(word))
}
