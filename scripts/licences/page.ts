import { isOurs, reachedPackages, type Lockfile } from '../image/locked-packages.ts'
import { allows, statedLicences } from './allowed.ts'

export interface Licensed {
  readonly name: string
  readonly version: string
  /** The SPDX expression that the package states, or the one in `statedLicences`. */
  readonly licence: string
}

/** Returns each version of each package of the lockfile that is in the image or the web client, sorted. */
export function licencesOf(lockfile: Lockfile): Licensed[] {
  const found = new Map<string, Licensed>()
  for (const folder of reachedPackages(lockfile, [])) {
    const entry = lockfile.packages[folder] ?? {}
    if (isOurs(folder, entry)) continue
    const { version = '', license } = entry
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
    found.set(`${name}@${version}`, { name, version, licence: license ?? statedLicences[name] ?? 'none stated' })
  }
  return [...found.values()].sort((a, b) => (a.name < b.name || (a.name === b.name && a.version < b.version) ? -1 : 1))
}

/** Returns the packages whose licences are not in the allow-list. */
export function refused(packages: readonly Licensed[]): Licensed[] {
  return packages.filter(({ licence }) => !allows(licence))
}

/** Returns the page docs/third-party.md. */
export function licencesPage(packages: readonly Licensed[]): string {
  const counts = new Map<string, number>()
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  return [
    '# Third-party software',
    '',
    'Ambient is available under the MIT licence (`LICENSE`). It contains the npm packages below, on all platforms',
    'together. `npm run licences` generates this page from `package-lock.json`. Each package has the text of its',
    'licence, in the image under `/app/node_modules`. The image also contains Debian packages, with their licences in',
    '`/usr/share/doc/*/copyright`. Its ffmpeg has parts under the GPL, version 2 or later. The media worker is linked',
    'with libsrtp (BSD-3-Clause).',
    '',
    '| licence | packages |',
    '|---|---|',
    ...[...counts]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([licence, count]) => `| ${licence} | ${count} |`),
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
    ''
  ].join('\n')
}
