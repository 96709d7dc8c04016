import { join } from 'node:path'

import { cachedWorkerPath, cacheFolder } from '../media/worker-binary.ts'
import { stopCommands } from './command.ts'
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
const signals = ['SIGINT', 'SIGTERM'] as const
/** Packages beyond those of the server. */
const packagesOf = { start: [], test: testPackages, cluster: clusterPackages } as const

/** The program that is about to run: the server, the tests, or several nodes on this machine. */
export type Goal = keyof typeof packagesOf

/** Returns whether a word names a goal. */
export const isGoal = (word: string | undefined): word is Goal => word !== undefined && Object.hasOwn(packagesOf, word)

/**
 * Installs everything that a goal needs. Takes no time when nothing is missing. A signal to stop ends it.
 * @throws SetupError
 */
export async function installRequirements(goal: Goal): Promise<void> {
  for (const signal of signals) process.once(signal, stopCommands)
  try {
    const mediasoup = findMediasoup()
    const place = cachedWorkerPath(process.env)
    const cache = cacheFolder(process.env)

    const worker = await findWorker({ env: process.env, mediasoup, cache, place })
    // All packages at once, so that a user without root pastes only one line.
    await ensurePackages([...serverPackages, ...(worker === undefined ? workerBuildPackages : []), ...packagesOf[goal]])
    if (worker === undefined) await buildWorker(mediasoup, cache, place)
    await ensureWebClient(root)
  } finally {
    for (const signal of signals) process.off(signal, stopCommands)
  }
}
