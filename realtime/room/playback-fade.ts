import type { Playback, PlaylistItem, SongFade } from '../../contract/playback.ts'
import type { RoomState } from '../../contract/room.ts'
import { rampGain, rampsGain, songGapMs, songRamps } from '../../contract/song-fade.ts'
import { endOf } from './playback-end.ts'

/** The end of a fade-out: the server pauses, stops, or plays the next or the named item. */
export type FadeEnd = Pick<SongFade, 'then' | 'itemId' | 'positionMs'> & { then: NonNullable<SongFade['then']> }

/** Playing on during a fade-out brings the song back within this time. */
const returnMs = 300

/**
 * Returns the playback with a fade-out. Undefined when its end comes at once: without a time to fade, when no song of
 * ours plays, and during a fade-out, which a second command cuts short.
 */
export function fadingOut(
  { playback, settings }: RoomState,
  { fadeMs = settings.songFadeMs ?? 0 }: { fadeMs?: number },
  end: FadeEnd,
  nowMs: number
): Playback | undefined {
  const { status, item, fade } = playback
  if (status !== 'playing' || item?.kind !== 'song' || fade?.then) return undefined
  const durationMs = Math.min(fadeMs, endOf(playback) - nowMs)
  const from = fade ? rampGain(fade, nowMs) : 1
  return durationMs > 0 && from > 0 ? { ...playback, fade: { at: nowMs, durationMs, from, to: 0, ...end } } : undefined
}

/** Returns the playback without its fade-out. */
export function fadingBack(playback: Playback, nowMs: number): Playback {
  const { fade } = playback
  if (!fade?.then) return playback
  return { ...playback, fade: { at: nowMs, durationMs: returnMs, from: rampGain(fade, nowMs), to: 1 } }
}

/** Returns the fade that keeps the gain that songs have now: listeners still hear the end of the song. */
export function held({ fade }: Playback, nowMs: number): Pick<Playback, 'fade'> {
  return fade ? { fade: constant(rampGain(fade, nowMs), nowMs) } : {}
}

/** Like `held`, for a player that forgets the item, and with it the fade before its end. */
export function heldBeyond({ playback, settings }: RoomState, nowMs: number): Pick<Playback, 'fade'> {
  const gain = gainNow(playback, settings.songFadeMs, nowMs)
  return gain < 1 ? { fade: constant(gain, nowMs) } : {}
}

/** Returns the beginning of an item at this time. A song begins a moment later after a song that was fading. */
export function beginning(
  { playback, settings }: RoomState,
  item: PlaylistItem,
  nowMs: number
): Pick<Playback, 'at' | 'fade'> {
  const isAfterFade = playback.status === 'playing' && gainNow(playback, settings.songFadeMs, nowMs) < 1
  if (!isAfterFade || item.kind !== 'song') return { at: nowMs }
  const at = nowMs + songGapMs
  return { at, fade: { at, durationMs: 0, from: 0, to: 1 } }
}

function gainNow(playback: Playback, songFadeMs: number | undefined, nowMs: number): number {
  return rampsGain(songRamps(playback, songFadeMs), nowMs)
}

function constant(gain: number, at: number): SongFade {
  return { at, durationMs: 0, from: gain, to: gain }
}
