import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** The mediasoup version whose worker we use. The setup stops when another version is installed. */
export const mediasoupVersion = '3.27.1'

/** Raised whenever `scripts/worker/` builds a different binary from the same mediasoup, so that caches are rebuilt. */
export const workerRecipe = 4

export interface CacheEnvironment {
  readonly XDG_CACHE_HOME?: string | undefined
  readonly HOME?: string | undefined
}

/** Returns the folder for files that can be created again: `$XDG_CACHE_HOME/ambient`, or `~/.cache/ambient`. */
export function cacheFolder(env: CacheEnvironment): string {
  // The XDG base directory specification says to ignore relative paths.
  const base =
    env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(env.HOME || homedir(), '.cache')
  return join(base, 'ambient')
}

/**
 * Returns the path at which the setup puts the mediasoup worker for this version, architecture and build recipe. Does
 * not check that it exists.
 */
export function cachedWorkerPath(env: CacheEnvironment): string {
  const folder = `mediasoup-worker-${mediasoupVersion}-${process.arch}-r${workerRecipe}`
  return join(cacheFolder(env), folder, 'mediasoup-worker')
}
