import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { attempt, run } from '../command.ts'

/** The sources of packages on this machine. Steps see them while they run, but no layer keeps them. */
export interface Machine {
  /** Lines for /etc/apt/sources.list. The first is the main archive. */
  readonly aptSources: readonly string[]
  readonly aptConfig: readonly string[]
  readonly npmRegistry: string
  readonly npmConfigFile: string | undefined
  readonly certificates: string | undefined
}

const timeoutMs = 30_000

/**
 * Finds out how this machine reaches Debian's archive and npm.
 * @throws Error when its apt has no source for the release
 */
export async function findSources(release: string): Promise<Machine> {
  const aptSources = await sourcesOf(release)
  if (aptSources.length === 0) {
    throw new Error(
      `apt on this machine has no source for Debian ${release}. This check needs one to install packages.`
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
    npmConfigFile: await findFile(npmConfigFile),
    certificates: await findFile(process.env.NODE_EXTRA_CA_CERTS ?? '')
  }
}

async function findFile(path: string): Promise<string | undefined> {
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

/**
 * Converts a stanza in deb822 format to lines of the older format:
 * https://manpages.debian.org/bookworm/apt/sources.list.5.en.html
 */
function linesOf(stanza: string, release: string): string[] {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'mi').exec(stanza)?.[1]?.trim().split(/\s+/) ?? []
  if (!field('Types').includes('deb')) return []
  const suites = field('Suites').filter(suite => ofRelease([suite], release))
  return field('URIs').flatMap(uri => suites.map(suite => `deb ${uri} ${suite} ${field('Components').join(' ')}`))
}

function ofRelease(words: readonly string[], release: string): boolean {
  return words.some(word => [release, `${release}-updates`, `${release}-security`].includes(word))
}
