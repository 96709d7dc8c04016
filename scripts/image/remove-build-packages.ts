import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { Value } from 'typebox/value'

import { isOurs, Lockfile, reachedPackages } from './locked-packages.ts'
import { webPackages } from './web-packages.ts'

// Removes from node_modules what the server does not need when it runs.
const root = join(import.meta.dirname, '..', '..')
const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
const kept = reachedPackages(lockfile, webPackages)
// A workspace's own folder stays: only the link to it in node_modules goes when nothing needs it.
const gone = Object.entries(lockfile.packages)
  .filter(([folder, entry]) => !kept.has(folder) && (entry.link === true || !isOurs(folder, entry)))
  .map(([folder]) => folder)

for (const folder of gone) await rm(join(root, folder), { recursive: true, force: true })
await rm(join(root, 'node_modules', '.bin'), { recursive: true, force: true })
// The worker's source: the worker itself comes from a stage of its own.
await rm(join(root, 'node_modules', 'mediasoup', 'worker'), { recursive: true, force: true })
await removeEmptyScopes(join(root, 'node_modules'))

async function removeEmptyScopes(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('@') && (await readdir(join(folder, name))).length === 0) {
      await rm(join(folder, name), { recursive: true })
    }
  }
}
