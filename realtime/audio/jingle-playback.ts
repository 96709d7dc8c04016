import type { Jingle } from '../../contract/jingles.ts'
import type { ShowJingles } from '../../media/player/show-jingles.ts'
import type { OpenedSong } from '../../media/player/show-song.ts'
import type { SongSource } from '../../media/player/song-source.ts'

/** Finds the bytes of jingles. */
export interface JingleSources {
  /** Throws NOT_FOUND for a song that is deleted, not ready, of another person, or no jingle; UNAVAILABLE. */
  jingle(ownerId: string, songId: string): Promise<SongSource>
}

/** A jingle opened for a command, before the room decides about it. */
export interface OpenedJingle {
  readonly durationMs: number
  readonly opened: OpenedSong
}

/** Plays the jingles of a show as its room says. */
export interface JinglePlayback {
  /** Finds and opens a jingle of the creator. Throws NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE. */
  open(creatorId: string, songId: string): Promise<OpenedJingle>
  /** Plays an opened jingle; waits for the media worker only. Returns it with its producer, beginning and duration. */
  play(jingle: Jingle, opened: OpenedJingle): Promise<Jingle>
  /** Closes an opened jingle, unless it was played. */
  discard(opened: OpenedJingle): void
  /** Ends the jingle and its producer. */
  stop(): void
}

export function createJinglePlayback(
  jingles: Pick<ShowJingles, 'open' | 'play' | 'discard' | 'stop'>,
  sources: JingleSources
): JinglePlayback {
  const played = new WeakSet<OpenedJingle>()
  return {
    async open(creatorId, songId) {
      const source = await sources.jingle(creatorId, songId)
      return { durationMs: Math.round(source.durationMs), opened: await jingles.open(source) }
    },
    async play(jingle, opened) {
      played.add(opened)
      const { producerId, delayMs } = await jingles.play(opened.opened)
      return { ...jingle, producerId, startedAt: jingle.startedAt + delayMs, durationMs: opened.durationMs }
    },
    discard(opened) {
      if (!played.has(opened)) jingles.discard(opened.opened)
    },
    stop: () => jingles.stop()
  }
}
