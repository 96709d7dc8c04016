import { glob, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { ensurePackages, serverPackages, workerRuntimePackages } from '../system-packages.ts'

// Debian packages that the server needs: util-linux has setpriv and prlimit, which limit ffmpeg.
await ensurePackages([...serverPackages, ...workerRuntimePackages, 'util-linux', 'tini'])

// ffmpeg depends on graphics drivers and a shader compiler, which are a fifth of the image and are only loaded for a
// window. The packages stay registered in apt, so that other images can be built from this one.
for await (const path of glob('/usr/lib/*-linux-gnu/{dri,libLLVM-*,libz3.so*}')) await rm(path, { recursive: true })

for (const folder of ['/var/lib/apt/lists', '/var/cache/apt', '/var/cache/debconf', '/var/log']) {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}
