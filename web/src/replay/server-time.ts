import type { ReplayStretch } from '../../../client/index.ts'

/**
 * Returns the place in a replay of a server time. A time that was left out has none: music without the right to be
 * replayed, or what the creator trimmed.
 */
export function findPlace(stretches: readonly ReplayStretch[], serverMs: number): number | undefined {
  const stretch = stretches.find(
    ({ showAt, durationMs }) => serverMs >= showAt && serverMs < showAt + Math.max(1, durationMs)
  )
  return stretch && stretch.atMs + (serverMs - stretch.showAt)
}
