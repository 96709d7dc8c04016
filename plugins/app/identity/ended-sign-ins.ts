import type { Collection } from 'mongodb'
import { Type } from 'typebox'
import { Exactly, Id, TimeMs } from '../../../contract/primitives.ts'
import type { ClusterFeed } from '../operations/cluster-feed.ts'
import type { SessionDocument } from './session-records.ts'

/** Called when sign-ins have ended. The revocation waits for it. */
export type RevocationListener = (signInIds: readonly string[]) => void | Promise<void>

export interface EndedSignInsParts {
  sessions: Collection<SessionDocument>
  /** Time after which no access token of an ended sign-in is valid any more. */
  outliveMs: number
  feed: ClusterFeed
}

const SignInsEnded = Exactly({ signInIds: Type.Array(Id, { maxItems: 1000 }) })
const PersonSignedOut = Exactly({ userId: Id, at: TimeMs })
/** A person may have signed in again by the time that older news arrive. */
const maxNewsAgeMs = 10_000
/** Other servers store the time of a revocation by their own clocks, and some time after they have read it. */
const pollOverlapMs = 60_000

/**
 * Sign-ins that have ended while their access tokens are valid: those are rejected, and their connections close. Other
 * nodes hear of them over the feed.
 */
export async function createEndedSignIns({ sessions, outliveMs, feed }: EndedSignInsParts) {
  const listeners: RevocationListener[] = []
  let findConnected: (userId: string) => readonly string[] = () => []
  /** The times at which sign-ins ended, oldest first, ms since the epoch. */
  const ended = new Map<string, number>()
  let polledUntilMs = Date.now()
  for (const [signInId, atMs] of await readSince(polledUntilMs - outliveMs)) ended.set(signInId, atMs)

  async function readSince(sinceMs: number): Promise<[signInId: string, atMs: number][]> {
    const found = sessions
      .find({ revokedAt: { $gt: new Date(sinceMs) } }, { projection: { revokedAt: 1 } })
      .sort({ revokedAt: 1 })
    return (await found.toArray()).map(({ _id, revokedAt }) => [_id, revokedAt?.getTime() ?? sinceMs])
  }

  function remember(signInId: string, nowMs: number): void {
    for (const [id, atMs] of ended) {
      if (atMs >= nowMs - outliveMs) break
      ended.delete(id)
    }
    // Deleted first to keep the order of the map.
    ended.delete(signInId)
    ended.set(signInId, nowMs)
  }

  async function endHere(signInIds: readonly string[]): Promise<void> {
    const nowMs = Date.now()
    for (const signInId of signInIds) remember(signInId, nowMs)
    for (const listener of listeners) await listener(signInIds)
  }

  feed.on('sign-ins ended', SignInsEnded, async ({ signInIds }) => await endHere(signInIds))
  feed.on('person signed out', PersonSignedOut, async ({ userId, at }) => {
    if (Date.now() - at < maxNewsAgeMs) await endHere(findConnected(userId))
  })

  return {
    onRevoked(listener: RevocationListener): void {
      listeners.push(listener)
    },
    bindConnections(find: (userId: string) => readonly string[]): void {
      findConnected = find
    },
    isRevoked: (signInId: string) => ended.has(signInId),

    /** Ends sign-ins on all nodes. Waits for the listeners of this one. */
    async end(signInIds: readonly string[]): Promise<void> {
      if (signInIds.length > 0) feed.publish('sign-ins ended', { signInIds })
      await endHere(signInIds)
    },

    /** Ends the sign-ins of a person's connections on all nodes, which are known without the store. */
    async endConnected(userId: string): Promise<void> {
      feed.publish('person signed out', { userId, at: Date.now() })
      await endHere(findConnected(userId))
    },

    /** Ends here what other servers have stored as revoked since the last call: for a node that may miss news. */
    async poll(): Promise<void> {
      const nowMs = Date.now()
      const sinceMs = Math.max(polledUntilMs - pollOverlapMs, nowMs - outliveMs)
      const missed = (await readSince(sinceMs)).flatMap(([signInId]) => (ended.has(signInId) ? [] : signInId))
      polledUntilMs = nowMs
      if (missed.length > 0) await endHere(missed)
    }
  }
}
