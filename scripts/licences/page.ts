import { isOurs, reachedPackages, type Lockfile } from '../image/locked-packages.ts'
import { allows, statedLicences } from './allowed.ts'

export interface Licensed {
  readonly name: string
  readonly version: string
  /** As the package says it, an SPDX expression; what we found out where it says none. */
  readonly licence: string
}

/** Every package of the lockfile that is delivered (in the image, or built into the web client), sorted, each version once. */
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

/** The packages that nobody allowed to deliver. */
export function refused(packages: readonly Licensed[]): Licensed[] {
  return packages.filter(({ licence }) => !allows(licence))
}

/** The page docs/third-party.md. */
export function licencesPage(packages: readonly Licensed[]): string {
  const counts = new Map<string, number>()
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  return [
    '# What others made',
    '',
    'Ambient is under the MIT licence (`LICENSE`). With it come these packages of npm, on any platform; made from `package-lock.json` by',
    '`npm run licences`. Each package holds the text of its licence, also in the image, under `/app/node_modules`. The image has Debian packages besides,',
    'with theirs in `/usr/share/doc/*/copyright`: ffmpeg there is built with parts under the GPL, version 2 or later. The media worker has libsrtp',
    '(BSD-3-Clause) linked into it.',
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
