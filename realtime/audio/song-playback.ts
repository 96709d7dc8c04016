import type { Playback, PlaylistItem } from '../../contract/playback.ts'
import type { OpenedSong, ShowSong } from '../../media/player/show-song.ts'
import type { SongSource } from '../../media/player/song-source.ts'

/** Finds the bytes of songs. */
export interface SongSources {
  /** Throws NOT_FOUND for a song that is deleted or not ready, UNAVAILABLE. */
  source(songId: string): Promise<SongSource>
}

/** A song opened for a playback, before the room decides about it. */
export interface OpenedPlayback {
  readonly songId: string
  readonly positionMs: number
  /** Null when it could not be opened; then `failure` says why: NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE. */
  readonly song: { readonly source: SongSource; readonly opened: OpenedSong } | null
  readonly failure?: unknown
}

/** Makes a show's song producer follow the room's playback, and reads ahead in the item that is next. */
export interface SongPlayback {
  /**
   * Finds and opens the song a playback needs; waits for the store and the storage. Returns null when it needs none.
   */
  open(playback: Playback): Promise<OpenedPlayback | null>
  /** Whether `play` can follow this playback with the opened song. */
  fits(playback: Playback, opened: OpenedPlayback | null): boolean
  /**
   * Follows a playback with the song opened for it; waits for the media worker only. Returns the producer the song is
   * heard from; null for an item that is not a song of ours, for a song that could not be opened, and while the audio
   * is being restored.
   */
  play(playback: Playback, opened: OpenedPlayback | null): Promise<string | null>
  /** Closes an opened song, unless it plays. */
  discard(opened: OpenedPlayback): void
  /** Reads ahead in the item that is likely to be played next; undefined: none. */
  prepare(item: PlaylistItem | undefined): void
}

interface KnownSong {
  songId: string
  source: SongSource
}

export function createSongPlayback(
  song: Pick<ShowSong, 'open' | 'play' | 'discard' | 'pause' | 'prepare' | 'producerId'>,
  songs: SongSources,
  nowMs = Date.now
): SongPlayback {
  let followed: Playback | null = null
  let playing: OpenedPlayback | null = null
  /** The song that plays or played last. Resuming it does not open the file again. */
  let current: KnownSong | null = null
  let upcoming: KnownSong | null = null
  let upcomingId: string | undefined

  /** Asks the store even for a known song, because it may have been deleted. */
  async function findSource(songId: string): Promise<SongSource> {
    const source = await songs.source(songId)
    return [upcoming, current].find(known => known?.songId === songId)?.source ?? source
  }

  async function readAhead(songId: string): Promise<void> {
    const source = await songs.source(songId)
    if (upcomingId !== songId) return
    upcoming = { songId, source }
    song.prepare(source)
  }

  /** The song that has to start for this playback; undefined when none has to. */
  function startingSongId(playback: Playback): string | undefined {
    if (playback.status !== 'playing' || (followed && isSame(followed, playback))) return undefined
    return songIdOf(playback)
  }

  return {
    async open(playback) {
      const songId = startingSongId(playback)
      if (songId === undefined) return null
      const { positionMs, at } = playback
      try {
        const source = await findSource(songId)
        return { songId, positionMs, song: { source, opened: await song.open({ source, positionMs, at }) } }
      } catch (failure) {
        return { songId, positionMs, song: null, failure }
      }
    },

    fits(playback, opened) {
      const songId = startingSongId(playback)
      return songId === undefined || (opened?.songId === songId && opened.positionMs === playback.positionMs)
    },

    async play(playback, opened) {
      const isUnchanged = followed !== null && isSame(followed, playback)
      const isStarting = startingSongId(playback) !== undefined
      followed = playback
      if (isStarting && opened?.song) {
        playing = opened
        current = { songId: opened.songId, source: opened.song.source }
        const delayMs = Math.max(0, playback.at - nowMs())
        // The song before has faded out. It must not sound on until this one begins.
        if (delayMs > 0) song.pause()
        return await song.play(opened.song.opened, { ...playback, delayMs })
      }
      if (!isUnchanged) song.pause()
      return isStarting || songIdOf(playback) === undefined ? null : song.producerId
    },

    discard(opened) {
      if (opened !== playing && opened.song) song.discard(opened.song.opened)
    },

    prepare(item) {
      const songId = item?.songId
      if (songId === upcomingId) return
      upcomingId = songId
      upcoming = null
      song.prepare(null)
      // A song that cannot be read is reported when it is played.
      if (songId !== undefined) readAhead(songId).catch(() => {})
    }
  }
}

function songIdOf({ status, item }: Playback): string | undefined {
  return status !== 'stopped' && item?.kind === 'song' ? item.songId : undefined
}

/** Whether two playbacks are the same apart from the producer. */
function isSame(one: Playback, other: Playback): boolean {
  return (
    one.item?.id === other.item?.id &&
    one.status === other.status &&
    one.positionMs === other.positionMs &&
    one.at === other.at
  )
}
