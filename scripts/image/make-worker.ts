import { cp } from 'node:fs/promises'

import { cachedWorkerPath, cacheFolder } from '../../media/worker-binary.ts'
import { ensurePackages, workerBuildPackages } from '../system-packages.ts'
import { buildWorker } from '../worker/build.ts'
import { findWorker } from '../worker/find.ts'
import { findMediasoup } from '../worker/mediasoup-package.ts'

// Writes the media worker to the given path. The variable WORKER is `build`, to build it from the source in the
// lockfile, or `fetch`, to download mediasoup's prebuilt worker, and to build it when that is not available.

const [target] = process.argv.slice(2)
const method = process.env.WORKER
if (target === undefined || (method !== 'build' && method !== 'fetch')) {
  console.error('Usage: WORKER=build|fetch node scripts/image/make-worker.ts TARGET')
  process.exit(2)
}

const mediasoup = findMediasoup()
const cache = cacheFolder(process.env)
const place = cachedWorkerPath(process.env)
const found = method === 'fetch' ? await findWorker({ env: process.env, mediasoup, cache, place }) : undefined
if (found === undefined) {
  await ensurePackages(workerBuildPackages)
  await buildWorker(mediasoup, cache, place)
}
await cp(found ?? place, target)
