import type { Collection } from 'mongodb'
import type { Playlists } from '../playlists/playlists.ts'
import type { Shows } from '../shows/shows.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import type { ArtistCards } from './artist-cards.ts'

/** Says which node refreshes artists now, and when that is due again. */
export interface RefreshDocument {
  _id: 'artists'
  /** Nobody begins before this time. */
  until: Date
}

export interface RefreshParts {
  /** The collection `metadataRefreshes`. */
  refreshes: Collection<RefreshDocument>
  shows: Pick<Shows, 'listIdsStartingBefore'>
  playlists: Pick<Playlists, 'getStored'>
  cards: Pick<ArtistCards, 'refresh'>
  signal: AbortSignal
  nowMs(): number
}

const dayMs = 24 * 3_600_000
const leaseMs = 10 * 60_000
/** Shows of this time are prepared: a day, and the time until the next refresh. */
const comingMs = 2 * dayMs

/**
 * Creates the daily task that asks again for the artists of coming shows. One node at a time has the lease; a node that
 * dies gives way to another one ten minutes later. Repositories whose rate somebody else needs are left out.
 */
export function createRefresh({ refreshes, shows, playlists, cards, signal, nowMs }: RefreshParts) {
  /** Returns false when another node has the lease, or the task was done within a day. */
  async function takeLease(): Promise<boolean> {
    try {
      const now = new Date(nowMs())
      await refreshes.updateOne(
        { _id: 'artists', until: { $lte: now } },
        { $set: { until: new Date(nowMs() + leaseMs) } },
        { upsert: true }
      )
      return true
    } catch (error) {
      if (isDuplicateKey(error)) return false
      throw error
    }
  }

  async function keep(ms: number): Promise<void> {
    await refreshes.updateOne({ _id: 'artists' }, { $set: { until: new Date(nowMs() + ms) } })
  }

  return async function refresh(): Promise<void> {
    if (!(await takeLease())) return
    const seen = new Set<string>()
    for (const showId of await shows.listIdsStartingBefore(new Date(nowMs() + comingMs))) {
      for (const { artistKey } of (await playlists.getStored(showId)).items) {
        if (signal.aborted) return await keep(0)
        if (artistKey === undefined || seen.has(artistKey)) continue
        seen.add(artistKey)
        await keep(leaseMs)
        // The next refresh asks again for artists that could not be read.
        await cards.refresh(artistKey, signal).catch(() => {})
      }
    }
    await keep(dayMs)
  }
}
