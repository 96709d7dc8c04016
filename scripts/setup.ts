import { join } from 'node:path'

import { cachedWorkerPath, cacheFolder } from '../media/worker-binary.ts'
import { stopCommands } from './command.ts'
import { SetupError } from './setup-error.ts'
import {
  clusterPackages,
  ensurePackages,
  serverPackages,
  testPackages,
  workerBuildPackages
} from './system-packages.ts'
import { ensureWebClient } from './web-client.ts'
import { buildWorker } from './worker/build.ts'
import { findWorker } from './worker/find.ts'
import { findMediasoup } from './worker/mediasoup-package.ts'

const root = join(import.meta.dirname, '..')
/** Packages beyond those of the server. */
const packagesOf = { start: [], test: testPackages, cluster: clusterPackages } as const
type Goal = keyof typeof packagesOf

/** Installs everything that `npm start` or `npm test` needs. Takes no time when nothing is missing. */
async function setup(goal: Goal): Promise<void> {
  const mediasoup = findMediasoup()
  const place = cachedWorkerPath(process.env)
  const cache = cacheFolder(process.env)

  const worker = await findWorker({ env: process.env, mediasoup, cache, place })
  // All packages at once, so that a user without root pastes only one line.
  await ensurePackages([...serverPackages, ...(worker === undefined ? workerBuildPackages : []), ...packagesOf[goal]])
  if (worker === undefined) await buildWorker(mediasoup, cache, place)
  await ensureWebClient(root)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopCommands)

const goal = process.argv[2]
if (goal !== 'start' && goal !== 'test' && goal !== 'cluster') {
  console.error('Usage: node scripts/setup.ts start|test|cluster')
  process.exit(2)
}

try {
  await setup(goal)
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
