import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { Value } from 'typebox/value'

import { isOurs, Lockfile, reachedPackages } from './locked-packages.ts'
import { webPackages } from './web-packages.ts'

// Removes packages from node_modules that the server does not need at run time.
const root = join(import.meta.dirname, '..', '..')
const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
const needed = reachedPackages(lockfile, webPackages)
// The folder of a workspace stays. Only its link in node_modules is removed when no package needs it.
const removed = Object.entries(lockfile.packages)
  .filter(([folder, entry]) => !needed.has(folder) && (entry.link === true || !isOurs(folder, entry)))
  .map(([folder]) => folder)

for (const folder of removed) await rm(join(root, folder), { recursive: true, force: true })
await rm(join(root, 'node_modules', '.bin'), { recursive: true, force: true })
// The worker's source. Another stage of the image builds the worker.
await rm(join(root, 'node_modules', 'mediasoup', 'worker'), { recursive: true, force: true })
await removeEmptyScopes(join(root, 'node_modules'))

async function removeEmptyScopes(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('@') && (await readdir(join(folder, name))).length === 0) {
      await rm(join(folder, name), { recursive: true })
    }
  }
}
