import { isDeepStrictEqual } from 'node:util'
import { positionAt } from '../../contract/playback-position.ts'
import { stoppedPlayback, type Playback, type PlaylistItem } from '../../contract/playback.ts'
import type { House, HouseEvent } from './server-room-state.ts'

/** What hosts ask of the playlist; the names are the wire's. */
export type PlaybackCommand =
  /** Nothing named resumes, or starts the list; a position alone seeks. */
  | { type: 'playback:play'; itemId?: string; positionMs?: number }
  /** `from`: the item the asker saw playing. */
  | { type: 'playback:next'; from?: string }
  | { type: 'playback:pause' }
  | { type: 'playback:stop' }

export function isPlaybackCommand(command: { type: string }): command is PlaybackCommand {
  return command.type.startsWith('playback:')
}

/** The item of this id, if the playlist has it. */
export function itemOf(house: House, itemId: string): PlaylistItem | undefined {
  return house.playlist.items.find(({ id }) => id === itemId)
}

/** What would play if somebody just said *play*. */
export function firstToPlay(house: House): PlaylistItem | undefined {
  return house.room.playback.item ?? house.playlist.items.find(({ available }) => available)
}

/** What comes of an allowed command. */
export function playbackOutcome(house: House, command: PlaybackCommand, nowMs: number): HouseEvent[] {
  const { playback } = house.room
  switch (command.type) {
    case 'playback:play':
      return changed(playback, play(house, command, nowMs))
    case 'playback:next':
      return changed(playback, next(house, nowMs))
    case 'playback:pause':
      return changed(playback, pause(playback, nowMs))
    case 'playback:stop':
      return changed(playback, playback.status === 'stopped' ? playback : stoppedPlayback(nowMs))
  }
}

/** An item takes at least so long: a list of nothing that is repeated would be moved without end. */
const shortestMs = 250

/** When what plays is over, by the server's clock; Infinity for what does not. */
export function endOf({ status, item, positionMs, at }: Playback): number {
  return status === 'playing' && item ? at + Math.max(item.durationMs, shortestMs) - positionMs : Infinity
}

/** Noticed so late at most, an end is followed without a gap; after a longer silence nothing of what comes next is to be missed. */
const seamMs = 100

/**
 * An item ran to its end; one that was changed meanwhile is nobody's business any more. What follows begins where it ended and not
 * when that was noticed, so that a list is as long as its items together.
 */
export function itemEnded(house: House, { itemId, at }: { itemId: string; at: number }, nowMs: number): HouseEvent[] {
  const { playback } = house.room
  const endedAt = endOf(playback)
  if (playback.item?.id !== itemId || playback.at !== at || nowMs < endedAt) return []
  return changed(playback, next(house, nowMs - endedAt <= seamMs ? endedAt : nowMs))
}

/** What is heard comes from another producer; nothing else about it has changed. */
export function songMoved({ room: { playback } }: House, { producerId }: { producerId: string }): HouseEvent[] {
  return playback.item?.kind === 'song' ? changed(playback, { ...playback, producerId }) : []
}

/** The stored playlist was edited. What plays goes on, also when it is no longer in the list. */
export function editPlaylist(house: House, version: number, items: readonly PlaylistItem[]): HouseEvent[] {
  if (version <= house.room.playlistVersion) return []
  return [
    { type: 'playlist:loaded', items },
    { type: 'playlist:changed', playlistVersion: version }
  ]
}

/** The playlist after an edit. Where the item that plays was taken out, it remembers what comes next. */
export function loadPlaylist(house: House, items: readonly PlaylistItem[]): House['playlist'] {
  const {
    room: {
      playback: { item: playing }
    },
    playlist: before
  } = house
  if (!playing || indexOf(items, playing.id) >= 0) return { items, nextId: null }
  const wasAt = indexOf(before.items, playing.id)
  const nextAt =
    wasAt >= 0 ? wasAt + 1 : before.nextId === null ? before.items.length : indexOf(before.items, before.nextId)
  const next = before.items.slice(nextAt).find(({ id }) => indexOf(items, id) >= 0)
  return { items, nextId: next?.id ?? null }
}

function changed(before: Playback, after: Playback): HouseEvent[] {
  return isDeepStrictEqual(after, before) ? [] : [{ type: 'playback:changed', playback: after }]
}

function play(house: House, { itemId, positionMs }: { itemId?: string; positionMs?: number }, nowMs: number): Playback {
  const { playback } = house.room
  const item = itemId === undefined ? firstToPlay(house) : itemOf(house, itemId)
  if (!item) return playback
  const isCurrent = itemId === undefined && playback.item !== null
  if (!isCurrent) return from(item, positionMs ?? 0, nowMs)
  if (positionMs !== undefined) return { ...from(item, positionMs, nowMs), status: playback.status }
  return playback.status === 'playing' ? playback : from(item, playback.positionMs, nowMs)
}

function from(item: PlaylistItem, positionMs: number, at: number): Playback {
  return { status: 'playing', item, positionMs: Math.min(positionMs, item.durationMs), at, producerId: null }
}

function pause(playback: Playback, nowMs: number): Playback {
  return playback.status === 'playing'
    ? { ...playback, status: 'paused', positionMs: positionAt(playback, nowMs), at: nowMs }
    : playback
}

function next(house: House, nowMs: number): Playback {
  const item = upNext(house)
  return item ? from(item, 0, nowMs) : stoppedPlayback(nowMs)
}

/** The next item that can be played; at the end of the list, what the settings say. */
export function upNext({ room: { playback, settings }, playlist: { items, nextId } }: House): PlaylistItem | undefined {
  const following = items.slice(nextIndex(items, playback.item, nextId))
  return [...following, ...(settings.atEnd === 'repeat' ? items : [])].find(({ available }) => available)
}

/** Where the list goes on after what plays; its length when it is over. */
function nextIndex(items: readonly PlaylistItem[], playing: PlaylistItem | null, nextId: string | null): number {
  if (!playing) return 0
  const playingAt = indexOf(items, playing.id)
  if (playingAt >= 0) return playingAt + 1
  return nextId === null ? items.length : indexOf(items, nextId)
}

function indexOf(items: readonly PlaylistItem[], itemId: string): number {
  return items.findIndex(({ id }) => id === itemId)
}
