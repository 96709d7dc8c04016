import type { PlaylistItem } from '../../../contract/playback.ts'
import type { FadeEnd, PlayingItem, RoomModel } from './room-model.ts'

/** An item plays at least this long. */
const minItemMs = 250
/** A song that follows a fade begins this much later, and a fade that is cancelled takes this long to come back. */
const [gapMs, returnMs] = [400, 300]

/** The gain of an ordered fade: its square root moves evenly. */
function orderedGain({ fade }: PlayingItem, now: number): number {
  if (!fade) return 1
  const { at, durationMs, from, to } = fade
  if (now < at) return from
  const share = durationMs === 0 ? 1 : Math.min(1, (now - at) / durationMs)
  return (Math.sqrt(from) + (Math.sqrt(to) - Math.sqrt(from)) * share) ** 2
}

/** The gain of the fade before the end of a song that plays. */
function endingGain({ item, positionMs, at }: PlayingItem, songFadeMs: number, now: number): number {
  const durationMs = Math.min(songFadeMs, item.durationMs / 2)
  const leftMs = item.durationMs - positionMs - (now - at)
  return item.kind !== 'song' || durationMs === 0 || leftMs >= durationMs ? 1 : (Math.max(0, leftMs) / durationMs) ** 2
}

function isHeardInFull({ playing, settings: { songFadeMs = 0 } }: RoomModel, now: number): boolean {
  return !playing?.isRunning || orderedGain(playing, now) * endingGain(playing, songFadeMs, now) >= 1
}

/** Begins a fade-out, if the command has one. Returns whether it does. */
export function fadeOut(
  { playing, settings }: RoomModel,
  { fadeMs = settings.songFadeMs ?? 0 }: { fadeMs?: number },
  end: FadeEnd,
  now: number
): boolean {
  if (!playing?.isRunning || playing.item.kind !== 'song' || playing.fade?.end) return false
  const endsAt = playing.at + Math.max(minItemMs, playing.item.durationMs) - playing.positionMs
  const durationMs = Math.min(fadeMs, endsAt - now)
  const from = orderedGain(playing, now)
  if (durationMs <= 0 || from === 0) return false
  playing.fade = { at: now, durationMs, from, to: 0, end }
  return true
}

/** The song plays on, and comes back. */
export function cancelFade(playing: PlayingItem, now: number): void {
  if (!playing.fade?.end) return
  playing.fade = { at: now, durationMs: returnMs, from: orderedGain(playing, now), to: 1, end: null }
}

/** A paused item keeps the volume that it had. */
export function holdFade(playing: PlayingItem, now: number): void {
  const gain = orderedGain(playing, now)
  if (playing.fade) playing.fade = { at: now, durationMs: 0, from: gain, to: gain, end: null }
}

/** Returns when an item begins, and how. */
export function beginningOf(model: RoomModel, item: PlaylistItem, now: number): Pick<PlayingItem, 'at' | 'fade'> {
  if (item.kind !== 'song' || isHeardInFull(model, now)) return { at: now, fade: null }
  const at = now + gapMs
  return { at, fade: { at, durationMs: 0, from: 0, to: 1, end: null } }
}

/** Returns the time at which the item ends or has faded out. */
export function endOf({ item, positionMs, at, fade }: PlayingItem): number {
  const itemEnd = at + Math.max(minItemMs, item.durationMs) - positionMs
  return fade?.end ? Math.min(itemEnd, fade.at + fade.durationMs) : itemEnd
}
