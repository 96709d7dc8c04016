import { rm, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { ensurePackages, serverPackages, workerRuntimePackages } from '../system-packages.ts'

// What the server runs from Debian: util-linux has setpriv and prlimit, which hold ffmpeg in its limits.
await ensurePackages([...serverPackages, ...workerRuntimePackages, 'util-linux', 'tini'])

for (const folder of ['/var/lib/apt/lists', '/var/cache/apt', '/var/cache/debconf', '/var/log']) {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}
