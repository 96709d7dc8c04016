import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable'
import type { Playlist } from '../../contract/playlist.ts'
import { maxSlowModeMs } from '../../contract/settings.ts'
import { apply } from '../room/apply.ts'
import { openingState } from '../room/opening-state.ts'
import {
  createServerRoomState,
  type LastComment,
  type RoomLimits,
  type ServerRoomState
} from '../room/server-room-state.ts'
import { fromStored } from '../room/stored-state.ts'
import type { RoomStore, StoredShow } from './room-store.ts'

/** A room as the store has it. */
export interface LoadedRoom {
  readonly state: ServerRoomState
  /** Place of the last record of its log; 0 for a show that never began. */
  readonly seq: number
  /** Records replayed behind the snapshot, or from the first one on. */
  readonly replayed: number
  /** The stored playlist; the log may end with an older version. */
  readonly playlist: Playlist
}

/** Reads a room from the store: its snapshot, the records behind it, its past visitors and its latest comments. */
export async function loadRoom(
  show: StoredShow,
  store: Pick<RoomStore, 'shows' | 'playlists' | 'comments' | 'log'>,
  limits: RoomLimits,
  nowMs: number
): Promise<LoadedRoom> {
  const [playlist, snapshot] = await Promise.all([store.playlists.getStored(show.id), store.log.findSnapshot(show.id)])
  const opening = createServerRoomState(openingState({ ...show, playlist }, nowMs), limits, playlist.items)
  const stored = snapshot && fromStored(opening, snapshot.state)
  let state = stored ?? opening
  let seq = stored ? snapshot.seq : 0
  let replayed = 0
  for await (const record of store.log.read(show.id, seq)) {
    state = apply(state, record.event, record.at)
    seq = record.seq
    replayed++
  }
  // A new show has the document of its opening. A resumed room detects edits by their version.
  if (seq === 0) return { state: { ...state, showVersion: show.version }, seq, replayed, playlist }
  const [visitorIds, lastComments] = await Promise.all([
    store.shows.visitorIds(show.id),
    readLastComments(show.id, store, nowMs)
  ])
  return { state: { ...state, visitorIds: ImmutableSet(visitorIds), lastComments }, seq, replayed, playlist }
}

/** The comments that slow mode may still count. */
async function readLastComments(
  showId: string,
  { comments }: Pick<RoomStore, 'comments'>,
  nowMs: number
): Promise<ImmutableMap<string, LastComment>> {
  const lastComments = new Map<string, LastComment>()
  for await (const { authorId, atMs } of comments.writtenSince(showId, nowMs - maxSlowModeMs)) {
    lastComments.set(authorId, { atMs, beforeMs: null })
  }
  return ImmutableMap(lastComments)
}
