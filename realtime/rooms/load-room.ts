import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable'
import type { Playlist } from '../../contract/playlist.ts'
import { maxSlowModeMs } from '../../contract/settings.ts'
import type { LogWriter } from '../../plugins/app/shows/event-log.ts'
import type { StoredRecord } from '../../plugins/app/shows/log-records.ts'
import { apply } from '../room/apply.ts'
import { openingState } from '../room/opening-state.ts'
import {
  createServerRoomState,
  type LastComment,
  type RoomLimits,
  type ServerRoomState
} from '../room/server-room-state.ts'
import { fromStored } from '../room/stored-state.ts'
import { noBallots, withVote, type Ballots } from '../room/votes.ts'
import type { RoomStore, StoredShow } from './room-store.ts'

/** A room as the store has it, of which this node is the home. */
export interface TakenRoom {
  readonly state: ServerRoomState
  /** Place of the last record of its log: the fence record of this home. */
  readonly seq: number
  /** Records replayed behind the snapshot, or from the first one on. */
  readonly replayed: number
  /** The stored playlist; the log may end with an older version. */
  readonly playlist: Playlist
  /** Writes behind the fence record. */
  readonly writer: LogWriter
}

/** A state, and the place of the last record that led to it. */
interface Replayed {
  readonly state: ServerRoomState
  readonly seq: number
  readonly replayed: number
  /** No place was missing between those that were read. */
  readonly isWhole: boolean
}

/**
 * Makes this node the home of a show and reads the room: its snapshot, the records behind it up to the fence record,
 * its past visitors, its latest comments and its votes. An earlier home can store nothing in the log behind what is
 * read.
 */
export async function takeRoom(
  show: StoredShow,
  store: Pick<RoomStore, 'shows' | 'playlists' | 'comments' | 'votes' | 'log'>,
  { limits, nodeId, nowMs }: { limits: RoomLimits; nodeId: string; nowMs: () => number }
): Promise<TakenRoom> {
  const { log } = store
  const [playlist, snapshot] = await Promise.all([store.playlists.getStored(show.id), log.findSnapshot(show.id)])
  const opening: ServerRoomState = {
    ...createServerRoomState(openingState({ ...show, playlist }, nowMs()), limits, playlist.items),
    ...(show.backstage && { backstage: show.backstage })
  }
  const state = snapshot && fromStored(opening, snapshot.state)
  const start: Replayed = { state: state ?? opening, seq: state ? snapshot.seq : 0, replayed: 0, isWhole: true }
  const before = await replay(log.read(show.id, start.seq), start)
  const writer = await log.take(show.id, nodeId, before.seq, nowMs())
  const isAllRead = before.isWhole && writer.token === before.seq + 1
  // An earlier home may have appended more until the fence record was stored. While DynamoDB stores several records
  // together, a reader may see the later ones first.
  const known = before.isWhole ? before : start
  const { isWhole: _isWhole, ...replayed } = isAllRead
    ? before
    : await replay(log.read(show.id, known.seq), known, writer.token)
  const taken = { ...replayed, seq: writer.token, playlist, writer }
  // A new show has the document of its opening. A resumed room detects edits by their version.
  if (taken.state === opening) return { ...taken, state: { ...opening, showVersion: show.version } }
  const [visitorIds, lastComments, ballots] = await Promise.all([
    store.shows.visitorIds(show.id),
    readLastComments(show.id, store, nowMs()),
    readBallots(taken.state, store)
  ])
  return { ...taken, state: { ...taken.state, visitorIds: ImmutableSet(visitorIds), lastComments, ballots } }
}

/** Applies the records before `endSeq` to a state. Fence records change nothing. */
async function replay(
  records: AsyncIterable<StoredRecord>,
  { state, seq, replayed, isWhole }: Replayed,
  endSeq = Infinity
): Promise<Replayed> {
  for await (const { event, at, ...record } of records) {
    if (record.seq >= endSeq) break
    if (event.type !== 'home:taken') state = apply(state, event, at)
    isWhole &&= record.seq === seq + 1
    seq = record.seq
    replayed++
  }
  return { state, seq, replayed, isWhole }
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

/** The votes in the poll of the room, and for its requested songs. */
async function readBallots({ room }: ServerRoomState, { votes }: Pick<RoomStore, 'votes'>): Promise<Ballots> {
  const ballotIds = new Set([...(room.songRequests ?? []).map(({ requestId }) => requestId), room.poll?.pollId])
  if (room.poll === undefined && ballotIds.size === 1) return noBallots
  let ballots = noBallots
  for await (const vote of votes.ofShow(room.showId)) {
    if (ballotIds.has(vote.ballotId)) ballots = withVote(ballots, { type: 'vote:cast', ...vote })
  }
  return ballots
}
