import { Type, type Static } from 'typebox'

/** What is used here of one package in a package-lock.json of version 3. */
export const LockedPackage = Type.Object({
  version: Type.Optional(Type.String()),
  resolved: Type.Optional(Type.String()),
  integrity: Type.Optional(Type.String()),
  license: Type.Optional(Type.String()),
  dev: Type.Optional(Type.Boolean()),
  dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
  optionalDependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
  peerDependencies: Type.Optional(Type.Record(Type.String(), Type.String()))
})
export type LockedPackage = Static<typeof LockedPackage>

/** The `packages` of a lockfile, by their folder; '' is the project itself: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
export const Lockfile = Type.Object({
  lockfileVersion: Type.Literal(3),
  packages: Type.Record(Type.String(), LockedPackage)
})
export type Lockfile = Static<typeof Lockfile>

/**
 * The folders of all packages that the project reaches, without its development dependencies and without those it names in `without`
 * (which stay where a package that is reached needs them).
 */
export function reachedPackages({ packages }: Lockfile, without: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const visit = (folder: string, left: readonly string[]): void => {
    const { dependencies, optionalDependencies, peerDependencies } = packages[folder] ?? {}
    for (const name of Object.keys({ ...peerDependencies, ...optionalDependencies, ...dependencies })) {
      const found = left.includes(name) ? undefined : folderOf(name, folder, packages)
      if (found === undefined || reached.has(found)) continue
      reached.add(found)
      visit(found, [])
    }
  }
  visit('', without)
  return reached
}

/** Where Node.js finds a package from another: in its own node_modules, or in one above. */
function folderOf(name: string, from: string, packages: Lockfile['packages']): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (packages[candidate] !== undefined) return candidate
    if (folder === '') return undefined
  }
}
