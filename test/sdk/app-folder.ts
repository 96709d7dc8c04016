import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { Value } from 'typebox/value'
import { run } from '../../scripts/command.ts'
import { isOurs, Lockfile, reachedPackages } from '../../scripts/image/locked-packages.ts'
import { packSdk } from '../../scripts/sdk/pack.ts'

export const root = join(import.meta.dirname, '..', '..')

const sdkName = '@ambient/client'
const installTimeoutMs = 60_000
const packedSources = ['client/**/*', 'contract/**/*', 'scripts/sdk/*', 'LICENSE', 'package-lock.json', 'tsconfig.json']

/**
 * Returns the tarball of the SDK as `npm run pack:sdk` makes it from the sources as they are. Test files share one
 * tarball, since compiling takes longer than everything else.
 */
async function sdkTarball(): Promise<string> {
  const hash = createHash('sha256')
  for (const path of globSync(packedSources, { cwd: root }).sort()) {
    hash.update(`${path}\0`).update(await readFile(join(root, path)).catch(() => ''))
  }
  const cache = join(root, 'node_modules', '.cache', 'ambient-sdk')
  const tarball = join(cache, `${hash.digest('hex')}.tgz`)
  if (existsSync(tarball)) return tarball
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'pack-'))
  await rename(await packSdk(root, folder), tarball)
  await rm(folder, { recursive: true })
  return tarball
}

/**
 * Creates an app with the SDK installed from its tarball, in a folder outside of the project, and returns the folder.
 * npm runs offline: the packages that the SDK depends on, and those named in `packages`, are copied from the project's
 * node_modules in advance. npm removes what the SDK does not ask for and fails when something is missing.
 */
export async function createApp(
  t: Test,
  { files = {}, packages = [] }: { files?: Record<string, string>; packages?: readonly string[] } = {}
): Promise<string> {
  const tarball = await sdkTarball()
  const app = await mkdtemp(join(tmpdir(), 'ambient-app-'))
  t.teardown(async () => await rm(app, { recursive: true, force: true }))
  await writeFiles(app, { 'package.json': JSON.stringify({ name: 'app', private: true, type: 'module' }), ...files })
  await copyPackages(app, [sdkName])
  await run('npm', ['install', tarball, '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: app,
    timeoutMs: installTimeoutMs
  })
  // After npm, which removes packages that package.json does not name.
  await copyPackages(app, packages)
  return app
}

/** Writes files into a folder, by their paths in it. */
export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** Copies packages, and the packages that they depend on, from the project's node_modules. */
async function copyPackages(app: string, names: readonly string[]): Promise<void> {
  const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const asked = { dependencies: Object.fromEntries(names.map(name => [name, '*'])) }
  const reached = reachedPackages({ ...lockfile, packages: { ...lockfile.packages, '': asked } }, [])
  for (const folder of reached) {
    const entry = lockfile.packages[folder] ?? {}
    if (!isOurs(folder, entry)) await cp(join(root, folder), join(app, folder), { recursive: true })
  }
}
