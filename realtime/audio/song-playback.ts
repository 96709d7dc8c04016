import type { Playback, PlaylistItem } from '../../contract/playback.ts'
import type { SongSource } from '../../media/player/song-source.ts'
import type { ShowSong } from '../../media/player/show-song.ts'

/** Finds the source of a song. */
export interface SongSources {
  /** Throws NOT_FOUND for a song that is not ready, or gone; UNAVAILABLE. */
  source(songId: string): Promise<SongSource>
}

/** Plays on the media what the room says, and reads ahead what is likely to come next. */
export interface SongPlayback {
  /** Answers where it is heard: null for what is no song of ours, and while the audio is being restored. Throws NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE. */
  carryOut(playback: Playback): Promise<string | null>
  prepare(item: PlaylistItem | undefined): void
}

interface Known {
  songId: string
  source: SongSource
}

export function createSongPlayback(
  song: Pick<ShowSong, 'play' | 'pause' | 'prepare' | 'producerId'>,
  sources: SongSources
): SongPlayback {
  let carriedOut: Playback | null = null
  /** What plays or played last: to go on after a pause, it is not looked at anew. */
  let current: Known | null = null
  let upcoming: Known | null = null
  let upcomingId: string | undefined

  /** Also what is known already is asked for: it may have been deleted. */
  async function find(songId: string): Promise<Known> {
    const source = await sources.source(songId)
    return [upcoming, current].find(known => known?.songId === songId) ?? { songId, source }
  }

  async function readAhead(songId: string): Promise<void> {
    const source = await sources.source(songId)
    if (upcomingId !== songId) return
    upcoming = { songId, source }
    song.prepare(source)
  }

  return {
    async carryOut(playback) {
      const songId = songOf(playback)
      if (songId !== undefined && carriedOut && isSame(carriedOut, playback)) return song.producerId
      if (songId === undefined || playback.status !== 'playing') song.pause()
      else {
        const known = await find(songId)
        await song.play({ source: known.source, positionMs: playback.positionMs, at: playback.at })
        current = known
      }
      carriedOut = playback
      return songId === undefined ? null : song.producerId
    },

    prepare(item) {
      const songId = item?.songId
      if (songId === upcomingId) return
      upcomingId = songId
      upcoming = null
      song.prepare(null)
      // Whether it can be played is told when it is.
      if (songId !== undefined) readAhead(songId).catch(() => {})
    }
  }
}

function songOf({ status, item }: Playback): string | undefined {
  return status !== 'stopped' && item?.kind === 'song' ? item.songId : undefined
}

/** Wherever they are said to be heard. */
function isSame(one: Playback, other: Playback): boolean {
  return (
    one.item?.id === other.item?.id &&
    one.status === other.status &&
    one.positionMs === other.positionMs &&
    one.at === other.at
  )
}
