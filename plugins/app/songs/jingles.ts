import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { maxJingleMs, maxJingles } from '../../../contract/jingle-limits.ts'
import type { JinglePad } from '../../../contract/jingles.ts'
import type { SongSource } from '../../../media/player/song-source.ts'
import { wholeSong } from '../../../media/player/whole-song.ts'
import { newestFirst } from '../documents/keyset.ts'
import type { SongDocument } from './document.ts'
import { noSuchSong } from './library.ts'

export interface JinglesParts {
  songs: Collection<SongDocument>
  /** Returns the bytes of a ready song. Throws NOT_FOUND. */
  source(songId: string): Promise<SongSource>
}

/** Jingles: short songs that their owner put on a pad. */
export function createJingles({ songs, source }: JinglesParts) {
  const marked = (ownerId: string) => ({ jingleOf: ownerId, state: 'ready' as const })

  return {
    /** Lists the jingles of a person, newest song first. */
    async list(ownerId: string): Promise<JinglePad[]> {
      const found = await songs.find(marked(ownerId)).sort(newestFirst).limit(maxJingles).toArray()
      return found.flatMap(({ _id, jingle, durationMs }) => (jingle ? { songId: _id, ...jingle, durationMs } : []))
    },

    /**
     * Checks that a song may become a jingle. Returns whether it is none yet. Throws NOT_FOUND, and CONFLICT when it is
     * not ready, too long, or its owner has enough of them.
     */
    async assertMayMark(ownerId: string, songId: string): Promise<{ isNew: boolean }> {
      const song = await songs.findOne({ _id: songId, ownerId })
      if (!song) throw noSuchSong()
      if (song.state !== 'ready' || song.durationMs > maxJingleMs) {
        throw new CodedError('CONFLICT', `A jingle is ready and has at most ${maxJingleMs / 1000} seconds.`)
      }
      if (song.jingle) return { isNew: false }
      if ((await songs.countDocuments(marked(ownerId))) >= maxJingles) throw tooManyJingles()
      return { isNew: true }
    },

    /** Whether a person has more jingles than allowed: requests at the same time may all have found a pad. */
    isOverLimit: async (ownerId: string): Promise<boolean> =>
      (await songs.countDocuments(marked(ownerId))) > maxJingles,

    /** Returns a jingle for the player of a live show, heard to its end once it is open. Throws NOT_FOUND. */
    async find(ownerId: string, songId: string): Promise<SongSource> {
      const song = await songs.findOne({ ...marked(ownerId), _id: songId })
      if (!song) throw new CodedError('NOT_FOUND', 'There is no such jingle.')
      return wholeSong(await source(songId))
    }
  }
}

export function tooManyJingles(): CodedError {
  return new CodedError('CONFLICT', `You have ${maxJingles} jingles. Take another one off its pad first.`)
}
