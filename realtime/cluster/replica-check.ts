import type { PresentMember } from '../room/commands.ts'
import type { Peers } from './peers.ts'
import { presenceDigest } from './presence-digest.ts'

/** A followed show is checked this often, ms. */
export const checkEveryMs = 5_000
/** A replica without members here is closed after this many checks in a row that found none. */
const maxIdleChecks = 4

export interface ReplicaCheckParts {
  showId: string
  peers: Pick<Peers, 'ask'>
  presentHere(showId: string): PresentMember[]
  joining(showId: string): string[]
  isStreamed(showId: string): boolean
}

/** The regular check of one replica. */
export interface ReplicaCheck {
  /** Counts a check. Returns whether nobody here has needed the replica for a while. */
  isIdle(): boolean
  /**
   * Asks the home whether it knows the same members here. An answer to a lost connection may have come from a home that
   * was deposed. Resolves with whether they differ: one that is under way makes a difference once.
   */
  isDifferent(homeId: string): Promise<boolean>
  /** Forgets the differences that were found. */
  reset(): void
}

export function createReplicaCheck(parts: ReplicaCheckParts): ReplicaCheck {
  const { showId, peers, presentHere, joining, isStreamed } = parts
  let idleChecks = 0
  /** Checks in a row in which the home knew other members. */
  let differences = 0

  return {
    isIdle() {
      const isIdle = presentHere(showId).length === 0 && joining(showId).length === 0 && !isStreamed(showId)
      idleChecks = isIdle ? idleChecks + 1 : 0
      return idleChecks >= maxIdleChecks
    },
    async isDifferent(homeId) {
      const digest = presenceDigest(presentHere(showId).map(({ presenceId }) => presenceId))
      const isSame = await peers
        .ask<{ isSame: boolean }>(homeId, 'room:checkPresent', { showId, digest }, checkEveryMs)
        .then(
          answer => answer.isSame,
          () => false
        )
      differences = isSame ? 0 : differences + 1
      return differences >= 2
    },
    reset() {
      differences = 0
    }
  }
}
