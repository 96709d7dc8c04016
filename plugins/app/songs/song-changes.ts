import type { FastifyBaseLogger } from 'fastify'
import type { Collection } from 'mongodb'
import type { SongDocument } from './document.ts'
import { unchanged } from './song-fields.ts'

/** Called when fields of a song were changed. Safe to repeat. */
export type SongChangedListener = (songId: string) => Promise<void>

export interface SongChangesParts {
  songs: Collection<SongDocument>
  log: Pick<FastifyBaseLogger, 'error'>
}

export type SongChanges = ReturnType<typeof createSongChanges>

/**
 * Tells listeners of changed fields of songs. A changed song is marked in the store until all listeners have followed
 * its last change, so that another server goes on after a failure.
 */
export function createSongChanges({ songs, log }: SongChangesParts) {
  const listeners: SongChangedListener[] = []

  /** Removes the mark unless the fields were changed since the song was read. Returns whether they were not. */
  async function settle(song: Pick<SongDocument, '_id' | 'edits'>): Promise<boolean> {
    const { matchedCount } = await songs.updateOne(
      { _id: song._id, ...unchanged(song) },
      { $unset: { hasUntoldChange: '' } }
    )
    return matchedCount > 0
  }

  async function tellUntilSettled(songId: string): Promise<void> {
    const projection = { edits: 1 } as const
    let song = await songs.findOne<Pick<SongDocument, '_id' | 'edits'>>(
      { _id: songId, hasUntoldChange: true },
      { projection }
    )
    while (song) {
      for (const listener of listeners) await listener(songId)
      if (await settle(song)) return
      // Also without a mark: listeners may have stored the older fields after another server removed it.
      song = await songs.findOne<Pick<SongDocument, '_id' | 'edits'>>({ _id: songId }, { projection })
    }
  }

  /** Tells listeners of the last change of a song. A failure is logged, and `tellLeftChanges` repeats it. */
  async function tell(songId: string): Promise<void> {
    try {
      await tellUntilSettled(songId)
    } catch (err) {
      log.error({ err, songId }, 'listeners of a changed song failed, will be repeated')
    }
  }

  return {
    tell,

    /** Adds a listener. The change waits for it, and stays when it fails. */
    listen(listener: SongChangedListener): void {
      listeners.push(listener)
    },

    /** Tells listeners of the changes that they have not followed. Safe on several servers at once. */
    async tellLeftChanges(): Promise<void> {
      for await (const { _id } of songs.find({ hasUntoldChange: true }, { projection: { _id: 1 } })) await tell(_id)
    }
  }
}
