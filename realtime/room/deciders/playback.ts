import { isDeepStrictEqual } from 'node:util'
import { positionAt } from '../../../contract/playback-position.ts'
import { stoppedPlayback, type Playback, type PlaylistItem } from '../../../contract/playback.ts'
import type { CommandMap } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import { endOf } from '../playback-end.ts'
import { beginning, fadingBack, fadingOut, held, heldBeyond } from '../playback-fade.ts'
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
  'playback:next': (state, command, _actor, nowMs) =>
    changeTo(fadingOut(state.room, command, { then: 'next' }, nowMs) ?? next(state, nowMs), state),
  'playback:pause': ({ room, ...state }, command, _actor, nowMs) =>
    changeTo(fadingOut(room, command, { then: 'pause' }, nowMs) ?? pause(room.playback, nowMs), { room, ...state }),
  'playback:stop': (state, command, _actor, nowMs) =>
    changeTo(fadingOut(state.room, command, { then: 'stop' }, nowMs) ?? stop(state, nowMs), state),
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
function play(state: ServerRoomState, command: CommandMap['playback:play'], nowMs: number): Playback {
  const { playback } = state.room
  const { itemId, positionMs } = command
  const item = itemId === undefined ? firstToPlay(state) : itemOf(state, itemId)
  if (!item) return playback
  const isCurrent = itemId === undefined && playback.item !== null
  if (!isCurrent) {
    const end = { then: 'next', itemId: item.id, ...(positionMs !== undefined && { positionMs }) } as const
    return fadingOut(state.room, command, end, nowMs) ?? begin(state, item, positionMs ?? 0, nowMs)
  }
  if (positionMs !== undefined) return { ...playing(item, positionMs, nowMs), status: playback.status }
  return playback.status === 'playing' ? fadingBack(playback, nowMs) : playing(item, playback.positionMs, nowMs)
}

function playing(item: PlaylistItem, positionMs: number, at: number): Playback {
  return { status: 'playing', item, positionMs: Math.min(positionMs, item.durationMs), at, producerId: null }
}

function begin({ room }: ServerRoomState, item: PlaylistItem, positionMs: number, nowMs: number): Playback {
  return { ...playing(item, positionMs, nowMs), ...beginning(room, item, nowMs) }
}

function pause(playback: Playback, nowMs: number): Playback {
  if (playback.status !== 'playing') return playback
  const positionMs = positionAt(playback, nowMs)
  return { ...playback, status: 'paused', positionMs, at: nowMs, ...held(playback, nowMs) }
}

function stop({ room }: ServerRoomState, nowMs: number): Playback {
  if (room.playback.status === 'stopped') return room.playback
  return { ...stoppedPlayback(nowMs), ...heldBeyond(room, nowMs) }
}

function next(state: ServerRoomState, nowMs: number): Playback {
  const item = upNext(state)
  if (!item) return stop(state, nowMs)
  const { itemId, positionMs = 0 } = state.room.playback.fade ?? {}
  return begin(state, item, item.id === itemId ? positionMs : 0, nowMs)
}

/**
 * Maximum delay after which an end is noticed and still followed without a gap. After a longer silence the next item
 * starts when the end is noticed.
 */
const maxSeamlessDelayMs = 100

/**
 * An item ran to its end, or was faded out. An item that was changed in the meantime is ignored. The next item begins
 * at the time when this one ended, not when the end was noticed, so that a list lasts as long as its items together.
 */
function itemEnded(
  state: ServerRoomState,
  { itemId, at }: CommandMap['server:itemEnded'],
  nowMs: number
): ServerRoomEvent[] {
  const { playback } = state.room
  const endedAt = endOf(playback)
  if (playback.item?.id !== itemId || playback.at !== at || nowMs < endedAt) return []
  const from = nowMs - endedAt <= maxSeamlessDelayMs ? endedAt : nowMs
  switch (playback.fade?.then) {
    case 'pause':
      return changeTo({ ...pause(playback, endedAt), at: from }, state)
    case 'stop':
      return changeTo(stop(state, from), state)
    default:
      return changeTo(next(state, from), state)
  }
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
