import type { Filter } from 'mongodb'
import type { StoredRecordings } from '../recordings/stored-recordings.ts'
import type { Shows } from '../shows/shows.ts'
import type { Songs } from '../songs/songs.ts'
import type { MixedReplay, ReplayDocument, ReplayTable } from './document.ts'
import type { ReplayFiles } from './replay-files.ts'
import type { ReplayQueue } from './replay-queue.ts'

export interface ReplayChangesParts {
  replays: ReplayTable
  queue: ReplayQueue
  files: ReplayFiles
  recordings: Pick<StoredRecordings, 'listStints'>
  shows: Pick<Shows, 'findStarted'>
  songs: Pick<Songs, 'rightsOf'>
  /** Removes a replay. */
  remove(showId: string): Promise<void>
  /** There may be a replay in the queue. */
  wake(): void
}

/**
 * Follows the changes of what replays are made of. A replay that has something that is gone is not served from then on,
 * and is mixed anew, or removed when nothing is left. All methods are safe to repeat.
 */
export function createReplayChanges(parts: ReplayChangesParts) {
  const { replays, queue, files, recordings, shows, songs, remove, wake } = parts

  async function mixAnew(
    filter: Filter<ReplayDocument>,
    change: Partial<Pick<ReplayDocument, 'stintIds'>> = {}
  ): Promise<void> {
    const found = await replays.find(filter, { projection: { _id: 1 } }).toArray()
    for (const { _id } of found) {
      await queue.ask({ ...filter, _id }, change)
      await files.removeOld(_id)
    }
    if (found.length > 0) wake()
  }

  /** Follows the stored stints of a show, which has ended. */
  async function stintsChanged(showId: string): Promise<void> {
    const stints = await recordings.listStints(showId)
    if (stints.length === 0) return await remove(showId)
    const show = await shows.findStarted(showId)
    if (!show) return
    const replay = await replays.findOne({ _id: showId }, { projection: { stintIds: 1, 'mixed.stintIds': 1 } })
    const stintIds = stints.map(({ id }) => id)
    if (!replay) await queue.add(showId, show.creatorId, stintIds)
    else if (!isMadeOf(replay, new Set(stintIds))) await mixAnew({ _id: showId }, { stintIds })
    wake()
  }

  /** Returns those of these songs that must not be in replays. */
  async function listWithdrawn(songIds: readonly string[]): Promise<string[]> {
    const rights = await songs.rightsOf(songIds)
    return songIds.filter(songId => rights.get(songId)?.mayReplay !== true)
  }

  /** Mixes the replays with one of these songs anew, unless it may still be in replays. */
  async function checkRights(songIds: readonly string[]): Promise<void> {
    for (const songId of await listWithdrawn(songIds)) await mixAnew({ 'mixed.songIds': songId })
  }

  return {
    stintsChanged,

    /** Follows the rights of a song. */
    songChanged: async (songId: string): Promise<void> => await checkRights([songId]),

    /** Follows a song that is being removed. */
    songRemoved: async (songId: string): Promise<void> => await mixAnew({ 'mixed.songIds': songId }),

    /** Whether a replay that is not stored yet may have the songs and stints that it was mixed from. */
    async isCurrent(showId: string, mixed: MixedReplay): Promise<boolean> {
      const stints = await recordings.listStints(showId)
      const isMade = isMadeOf({ mixed }, new Set(stints.map(({ id }) => id)))
      return isMade && (await listWithdrawn(mixed.songIds)).length === 0
    },

    /** Checks a replay that was stored: what it is made of may have changed just before. */
    async mixed(showId: string, { songIds }: Pick<MixedReplay, 'songIds'>): Promise<void> {
      await checkRights(songIds)
      await stintsChanged(showId)
    },

    /** Follows the erasure of a person, after that of their stints. */
    async personErased(userId: string): Promise<void> {
      await mixAnew({ 'mixed.userIds': userId })
    }
  }
}

/** Whether a replay is mixed from these stints; while it is not mixed, whether they were asked for. */
function isMadeOf(replay: Pick<ReplayDocument, 'mixed' | 'stintIds'>, stintIds: ReadonlySet<string>): boolean {
  const made = replay.mixed?.stintIds ?? replay.stintIds
  return made?.length === stintIds.size && made.every(id => stintIds.has(id))
}
