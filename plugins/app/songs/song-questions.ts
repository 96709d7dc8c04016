import type { Collection } from 'mongodb'
import type { MetadataSource } from '../../../contract/metadata.ts'
import type { PageQuery } from '../../../contract/paging.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import type { SongDocument } from './document.ts'
import { questionOf, type ArtistKeyOf } from './song-fields.ts'

/** Result of asking all repositories for a song. */
export interface AskedResult {
  failedSources: MetadataSource[]
  /** Time to ask those again; undefined when all answered. */
  askAt: Date | undefined
  hasProposals: boolean
}

export type SongQuestions = ReturnType<typeof createSongQuestions>

const sliceSize = 200
/** Songs that go first have waited for longer than all others: since before 1970, by this time. */
const aheadMs = 100 * 365 * 24 * 3_600_000
const first = { $lte: new Date(0) }

/**
 * The queue of songs that metadata repositories are asked for. It is in the store, so it survives the end of a server.
 * A node claims a song for the time of a lease; another one may claim it after that. A song that its owner looks at
 * goes first, one of each person at a time, and takes every second turn at most, so nobody delays others.
 */
export function createSongQuestions(
  songs: Collection<SongDocument>,
  artistKeyOf: ArtistKeyOf,
  nowMs: () => number = Date.now
) {
  let hasServedFirst = false

  async function claimSince(since: Date | undefined, leaseMs: number, ownerId: string | undefined) {
    const now = nowMs()
    return await songs.findOneAndUpdate(
      {
        askAt: { $lte: new Date(now), ...(since && { $gt: since }) },
        state: 'ready',
        ...(ownerId !== undefined && { ownerId })
      },
      { $set: { askAt: new Date(now + leaseMs) } },
      { sort: { askAt: 1 }, returnDocument: 'after' }
    )
  }

  /** Puts songs that are not in the queue at its end. One command for all. */
  async function askLast(songIds: readonly string[]): Promise<void> {
    await songs.updateMany(
      { _id: { $in: [...songIds] }, state: 'ready', askAt: { $exists: false } },
      { $set: { askAt: new Date(nowMs()) } }
    )
  }

  return {
    /**
     * Claims the song that has waited longest, of one person or of all. Every second one is a song that does not go
     * first, if there is any. Returns null when none waits.
     */
    async claim(leaseMs: number, ownerId?: string): Promise<SongDocument | null> {
      hasServedFirst = !hasServedFirst
      const waiting = hasServedFirst ? null : await claimSince(new Date(0), leaseMs, ownerId)
      return waiting ?? (await claimSince(undefined, leaseMs, ownerId))
    },

    /** Stores the result for a claimed song. Returns false when the song was claimed again or changed meanwhile. */
    async finish({ _id, askAt: claimedAt }: SongDocument, { askAt, ...result }: AskedResult): Promise<boolean> {
      const { matchedCount } = await songs.updateOne(
        { _id, state: 'ready', ...(claimedAt && { askAt: claimedAt }) },
        {
          $set: { ...result, askedAt: new Date(nowMs()), ...(askAt && { askAt }) },
          ...(!askAt && { $unset: { askAt: '' } })
        }
      )
      return matchedCount > 0
    },

    /**
     * Puts a song first in the queue, behind those that are first already, unless somebody asks for it now. While
     * another song of its owner is first, it keeps its place, or goes to the end.
     */
    async askFirst(ownerId: string, songId: string): Promise<void> {
      if (await songs.findOne({ ownerId, askAt: first, state: 'ready' }, { projection: { _id: 1 } })) {
        return await askLast([songId])
      }
      const now = nowMs()
      await songs.updateOne(
        {
          _id: songId,
          ownerId,
          state: 'ready',
          $or: [{ askAt: { $exists: false } }, { askAt: { $lte: new Date(now) } }]
        },
        { $set: { askAt: new Date(now - aheadMs) } }
      )
    },

    askLast,

    /** Stores whether a song has proposals. */
    async markProposals(songId: string, hasProposals: boolean): Promise<void> {
      await songs.updateOne({ _id: songId, state: 'ready' }, { $set: { hasProposals } })
    },

    /** Returns how many of a person's songs were asked for, and how many there are. */
    async countProgress(ownerId: string): Promise<{ asked: number; total: number }> {
      const [asked, total] = await Promise.all([
        songs.countDocuments({ ownerId, askedAt: { $gt: new Date(0) }, state: 'ready' }),
        songs.countDocuments({ ownerId, state: 'ready' })
      ])
      return { asked, total }
    },

    /** Lists a person's songs that may have proposals, newest first. */
    async listProposed(ownerId: string, { limit, cursor }: PageQuery) {
      const found = await songs
        .find({ $and: [{ ownerId, hasProposals: true, state: 'ready' }, olderThan(cursor)] })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      return pageOf(found, limit)
    },

    /**
     * Returns a song of the artist with this key; null when there is none. It has the rejected matches that are part of
     * the key, and no others: a card that people share follows the rejections of none of them.
     */
    async findByArtist(artistKey: string): Promise<SongDocument | null> {
      const song = await songs.findOne({ artistKey, state: 'ready' })
      return song && { ...song, rejected: artistKeyOf(song.artist, song) === artistKey ? (song.rejected ?? []) : [] }
    },

    /**
     * Queues the songs of earlier builds, and gives their artists keys. Safe to repeat. Stops when the signal aborts.
     */
    async queueOlderSongs(signal: AbortSignal): Promise<void> {
      let last = ''
      while (!signal.aborted) {
        const slice = await songs
          .find({ _id: { $gt: last } }, { projection: { peaks: 0, words: 0 } })
          .sort({ _id: 1 })
          .limit(sliceSize)
          .toArray()
        for (const song of slice) {
          if (song.state !== 'ready' || song.question) continue
          const artistKey = artistKeyOf(song.artist, song)
          await songs.updateOne(
            { _id: song._id, state: 'ready', question: { $exists: false } },
            {
              $set: {
                question: questionOf(song),
                askAt: new Date(nowMs()),
                ...(artistKey !== undefined && { artistKey })
              }
            }
          )
        }
        const end = slice.at(-1)
        if (!end) return
        last = end._id
      }
    }
  }
}
