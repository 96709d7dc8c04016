import { Type, type Static } from 'typebox'

/** The fields that we use of a package in a package-lock.json of version 3. */
export const LockedPackage = Type.Object({
  name: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  resolved: Type.Optional(Type.String()),
  integrity: Type.Optional(Type.String()),
  license: Type.Optional(Type.String()),
  dev: Type.Optional(Type.Boolean()),
  /** An entry of node_modules that is a link to the workspace in `resolved`. */
  link: Type.Optional(Type.Boolean()),
  /** The folders of the project's workspaces; only the project itself has this. */
  workspaces: Type.Optional(Type.Array(Type.String())),
  dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
  optionalDependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
  peerDependencies: Type.Optional(Type.Record(Type.String(), Type.String()))
})
export type LockedPackage = Static<typeof LockedPackage>

/**
 * The packages of a lockfile by folder. The folder of the project itself is ''.
 * https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 */
export const Lockfile = Type.Object({
  lockfileVersion: Type.Literal(3),
  packages: Type.Record(Type.String(), LockedPackage)
})
export type Lockfile = Static<typeof Lockfile>

/** Returns whether a folder of the lockfile is the project, one of its workspaces, or a link to a workspace. */
export function isOurs(folder: string, { link = false }: LockedPackage): boolean {
  return link || !`/${folder}`.includes('/node_modules/')
}

/**
 * Returns the folders of all packages that the project and its workspaces reach, without development dependencies.
 * Packages and workspaces named in `without` are omitted, unless another reached package needs them.
 */
export function reachedPackages({ packages }: Lockfile, without: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const visit = (folder: string, names: readonly string[]): void => {
    for (const name of names) {
      const found = folderOf(name, folder, packages)
      if (found === undefined || reached.has(found)) continue
      reached.add(found)
      const { link, resolved = '' } = packages[found] ?? {}
      if (link) reached.add(resolved)
      const target = link ? resolved : found
      visit(target, dependenciesOf(packages[target]))
    }
  }
  const project = packages['']
  const workspaces = (project?.workspaces ?? []).flatMap(folder => packages[folder]?.name ?? [])
  visit(
    '',
    [...dependenciesOf(project), ...workspaces].filter(name => !without.includes(name))
  )
  return reached
}

function dependenciesOf(entry: LockedPackage | undefined): string[] {
  return Object.keys({ ...entry?.peerDependencies, ...entry?.optionalDependencies, ...entry?.dependencies })
}

/** Returns the folder in which Node.js finds a package from another one: in its node_modules, or in one further up. */
function folderOf(name: string, from: string, packages: Lockfile['packages']): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[candidate] !== undefined) return candidate
    if (folder === '') return undefined
  }
}
