import { cp } from 'node:fs/promises'

import { cachedWorkerPath, cacheFolder } from '../../media/worker-binary.ts'
import { ensurePackages, workerBuildPackages } from '../system-packages.ts'
import { buildWorker } from '../worker/build.ts'
import { findWorker } from '../worker/find.ts'
import { findMediasoup } from '../worker/mediasoup-package.ts'

// Puts the media worker at the path that is given. WORKER in the environment: `build` it from the source that the lockfile pins, or
// `fetch` mediasoup's prebuilt one, and build where that can't be had.

const [target] = process.argv.slice(2)
const way = process.env.WORKER
if (target === undefined || (way !== 'build' && way !== 'fetch')) {
  console.error('Usage: WORKER=build|fetch node scripts/image/make-worker.ts TARGET')
  process.exit(2)
}

const mediasoup = findMediasoup()
const cache = cacheFolder(process.env)
const place = cachedWorkerPath(process.env)
const found = way === 'fetch' ? await findWorker({ env: process.env, mediasoup, cache, place }) : undefined
if (found === undefined) {
  await ensurePackages(workerBuildPackages)
  await buildWorker(mediasoup, cache, place)
}
await cp(found ?? place, target)
