import { glob, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { ensurePackages, serverPackages, workerRuntimePackages } from '../system-packages.ts'

// What the server runs from Debian: util-linux has setpriv and prlimit, which hold ffmpeg in its limits.
await ensurePackages([...serverPackages, ...workerRuntimePackages, 'util-linux', 'tini'])

// ffmpeg's package wants a window to show pictures in, and with it drivers for graphics cards and a compiler for those: a fifth of the image, that is
// loaded when a window opens. The packages stay known to apt, so that an image can be made from this one.
for await (const path of glob('/usr/lib/*-linux-gnu/{dri,libLLVM-*,libz3.so*}')) await rm(path, { recursive: true })

for (const folder of ['/var/lib/apt/lists', '/var/cache/apt', '/var/cache/debconf', '/var/log']) {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}
