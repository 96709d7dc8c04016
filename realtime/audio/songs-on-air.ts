import PQueue from 'p-queue'
import { CodedError } from '../../contract/errors.ts'
import type { Playback } from '../../contract/playback.ts'
import type { OpenedPlayback, SongPlayback } from './song-playback.ts'

export interface SongsOnAirParts {
  /** The playback of the room as it was opened. */
  playback: Playback
  /** Whether the show was live before: the store may hold songs of an earlier home. */
  isResumed: boolean
  /**
   * Stores which songs of the show may be heard, in place of those stored before. Returns false when another node is
   * the home of the show, or the show has ended.
   */
  store(songIds: string[]): Promise<boolean>
  /**
   * Runs a write after those that were queued before, until it succeeds. What is queued while a command is carried out
   * is stored before the command is answered.
   */
  queueWrite(write: () => Promise<unknown>): void
}

/**
 * Stores a song as one that may be heard before it is found and opened, and until it is not played any more. A song is
 * deleted in the opposite order: it is marked, so that nobody finds it, and then the store is asked who plays it. So no
 * song that plays is deleted, whichever node plays it. Nothing here waits in a turn of the room.
 */
export function storeSongsOnAir<A extends SongPlayback>(audio: A, parts: SongsOnAirParts): A {
  const { store, queueWrite } = parts
  const writes = new PQueue({ concurrency: 1 })
  let current = songIdOf(parts.playback)
  /** The songs that are being opened, or wait for the turn that plays them. */
  const opening: string[] = []
  /** The songs that the store holds; null while they are unknown. */
  let stored: ReadonlySet<string> | null = parts.isResumed ? null : new Set()

  const wanted = () => new Set([...(current === undefined ? [] : [current]), ...opening])

  function isStored(songIds: ReadonlySet<string>): boolean {
    const known = stored
    return known?.size === songIds.size && [...songIds].every(songId => known.has(songId))
  }

  async function write(): Promise<boolean> {
    const songIds = wanted()
    if (isStored(songIds)) return true
    stored = null
    if (!(await store([...songIds]))) return false
    stored = songIds
    return true
  }

  /** Takes songs that are not played any more out of the store. Until then they cannot be deleted. */
  function tidy(): void {
    if (!isStored(wanted())) queueWrite(async () => await writes.add(write))
  }

  function close(songId: string): void {
    opening.splice(opening.indexOf(songId), 1)
    tidy()
  }

  /** Throws UNAVAILABLE, and what the store throws. */
  async function announce(songId: string): Promise<void> {
    opening.push(songId)
    if (stored?.has(songId) || (await writes.add(write))) return
    throw new CodedError('UNAVAILABLE', 'The song cannot be played now. Try again in a moment.')
  }

  async function openAnnounced(playback: Playback, songId: string): Promise<OpenedPlayback | null> {
    try {
      await announce(songId)
    } catch (failure) {
      return { songId, positionMs: playback.positionMs, song: null, failure }
    }
    return await audio.open(playback)
  }

  tidy()

  return {
    ...audio,

    async open(playback) {
      const songId = playback.status === 'playing' ? songIdOf(playback) : undefined
      if (songId === undefined) return await audio.open(playback)
      const opened = await openAnnounced(playback, songId)
      if (!opened?.song) close(songId)
      return opened
    },

    async play(playback, opened) {
      const producerId = await audio.play(playback, opened)
      // Until now the song before it was heard.
      current = songIdOf(playback)
      tidy()
      return producerId
    },

    discard(opened) {
      if (opened.song) close(opened.songId)
      audio.discard(opened)
    }
  }
}

function songIdOf({ status, item }: Playback): string | undefined {
  return status !== 'stopped' && item?.kind === 'song' ? item.songId : undefined
}
