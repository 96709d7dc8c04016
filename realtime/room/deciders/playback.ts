import { isDeepStrictEqual } from 'node:util'
import { positionAt } from '../../../contract/playback-position.ts'
import { stoppedPlayback, type Playback, type PlaylistItem } from '../../../contract/playback.ts'
import type { CommandMap } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import { endOf } from '../playback-end.ts'
import { firstToPlay, itemOf, upNext } from '../playlist.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { changesNothing, onAir, whileOpen, type Deciders } from './decider.ts'

/** The player and its playlist. */
export const playbackDeciders: Deciders<
  | 'playback:play'
  | 'playback:next'
  | 'playback:pause'
  | 'playback:stop'
  | 'playlist:editing'
  | 'server:itemEnded'
  | 'server:songMoved'
  | 'server:playlistEdited'
> = {
  'playback:play': (state, command, _actor, nowMs) => changeTo(play(state, command, nowMs), state),
  'playback:next': (state, _command, _actor, nowMs) => changeTo(next(state, nowMs), state),
  'playback:pause': (state, _command, _actor, nowMs) => changeTo(pause(state.room.playback, nowMs), state),
  'playback:stop': (state, _command, _actor, nowMs) =>
    state.room.playback.status === 'stopped' ? [] : changeTo(stoppedPlayback(nowMs), state),
  'playlist:editing': changesNothing,
  'server:itemEnded': onAir((state, command, _actor, nowMs) => itemEnded(state, command, nowMs)),
  'server:songMoved': onAir((state, { producerId }) => {
    const { playback } = state.room
    return playback.item?.kind === 'song' ? changeTo({ ...playback, producerId }, state) : []
  }),
  'server:playlistEdited': whileOpen(followEdit)
}

function changeTo(playback: Playback, { room }: ServerRoomState): ServerRoomEvent[] {
  return isDeepStrictEqual(playback, room.playback) ? [] : [{ type: 'playback:changed', playback }]
}

/**
 * Returns the playback after `playback:play`. Without an item it resumes or seeks in the current item, or starts the
 * list. Seeking does not change whether it plays.
 */
function play(state: ServerRoomState, { itemId, positionMs }: CommandMap['playback:play'], nowMs: number): Playback {
  const { playback } = state.room
  const item = itemId === undefined ? firstToPlay(state) : itemOf(state, itemId)
  if (!item) return playback
  const isCurrent = itemId === undefined && playback.item !== null
  if (!isCurrent) return playing(item, positionMs ?? 0, nowMs)
  if (positionMs !== undefined) return { ...playing(item, positionMs, nowMs), status: playback.status }
  return playback.status === 'playing' ? playback : playing(item, playback.positionMs, nowMs)
}

function playing(item: PlaylistItem, positionMs: number, at: number): Playback {
  return { status: 'playing', item, positionMs: Math.min(positionMs, item.durationMs), at, producerId: null }
}

function pause(playback: Playback, nowMs: number): Playback {
  if (playback.status !== 'playing') return playback
  return { ...playback, status: 'paused', positionMs: positionAt(playback, nowMs), at: nowMs }
}

function next(state: ServerRoomState, nowMs: number): Playback {
  const item = upNext(state)
  return item ? playing(item, 0, nowMs) : stoppedPlayback(nowMs)
}

/**
 * Maximum delay after which an end is noticed and still followed without a gap. After a longer silence the next item
 * starts when the end is noticed.
 */
const maxSeamlessDelayMs = 100

/**
 * An item ran to its end. An item that was changed in the meantime is ignored. The next item begins at the time when
 * this one ended, not when the end was noticed, so that a list lasts as long as its items together.
 */
function itemEnded(
  state: ServerRoomState,
  { itemId, at }: CommandMap['server:itemEnded'],
  nowMs: number
): ServerRoomEvent[] {
  const { playback } = state.room
  const endedAt = endOf(playback)
  if (playback.item?.id !== itemId || playback.at !== at || nowMs < endedAt) return []
  return changeTo(next(state, nowMs - endedAt <= maxSeamlessDelayMs ? endedAt : nowMs), state)
}

/**
 * Follows the stored playlist; an older version changes nothing. The current item plays on, even when it was removed
 * from the list.
 */
function followEdit(
  { room }: ServerRoomState,
  { version, items }: CommandMap['server:playlistEdited']
): ServerRoomEvent[] {
  if (version <= room.playlistVersion) return []
  return [
    { type: 'playlist:loaded', items },
    { type: 'playlist:changed', playlistVersion: version }
  ]
}
