import { isDeepStrictEqual } from 'node:util'
import type { Jingle } from '../../../contract/jingles.ts'
import { isQuiet, type RoomState } from '../../../contract/room.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { byMember, onAir, type Deciders } from './decider.ts'

/** Jingles: short sounds that hosts play over song and voices. */
export const jingleDeciders: Deciders<'jingle:play' | 'server:jingleOver' | 'server:jingleMoved'> = {
  // The media fill in the producer, the beginning and the duration.
  'jingle:play': byMember((state, { songId }, { userId }, nowMs) =>
    changeTo({ songId, producerId: null, startedAt: nowMs, durationMs: 0, by: userId }, state)
  ),
  'server:jingleOver': onAir((state, { startedAt }) =>
    state.room.jingle?.startedAt === startedAt ? changeTo(null, state) : []
  ),
  'server:jingleMoved': onAir((state, { producerId }) =>
    state.room.jingle ? changeTo({ ...state.room.jingle, producerId }, state) : []
  )
}

function changeTo(jingle: Jingle | null, { room }: ServerRoomState): ServerRoomEvent[] {
  return isDeepStrictEqual(jingle, room.jingle ?? null) ? [] : [{ type: 'jingle:changed', jingle }]
}

/** Returns the event that ends the jingle when a change makes the show quiet for Spotify. */
export function silencedBy(
  state: ServerRoomState,
  change: Partial<Pick<RoomState, 'playback' | 'settings'>>
): ServerRoomEvent[] {
  const { playback = state.room.playback, settings = state.room.settings } = change
  return isQuiet({ playback, settings }) ? changeTo(null, state) : []
}
