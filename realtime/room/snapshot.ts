import { isHost, roleOf, speakStateOf } from '../../contract/room.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import type { ServerRoomState } from './server-room-state.ts'

/** The room as one person may see it now: hosts see the whole queue, anybody else only their own entries. */
export function snapshotFor({ room, listenerCount }: ServerRoomState, userId: string, nowMs: number): Snapshot {
  const host = isHost(room, userId)
  const isVisibleOf = (id: string) => host || id === userId
  const isVisible = (entry: { userId: string }) => isVisibleOf(entry.userId)
  const { unrecordedIds, tags, songRequests, ...shared } = room
  return {
    ...shared,
    ...(tags && { tags: [...tags] }),
    cohostIds: [...room.cohostIds],
    stage: [...room.stage],
    queue: room.queue.filter(isVisible),
    invited: room.invited.filter(isVisible),
    commentMutedIds: room.commentMutedIds.filter(isVisibleOf),
    ...(unrecordedIds && { unrecordedIds: unrecordedIds.filter(isVisibleOf) }),
    ...(songRequests && { songRequests: [...songRequests] }),
    me: { role: roleOf(room, userId), speak: speakStateOf(room, userId) },
    listenerCount,
    serverTime: nowMs
  }
}
