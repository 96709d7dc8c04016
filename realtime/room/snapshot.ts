import { isHost, roleOf, speakStateOf } from '../../contract/room.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import { countListeners, type House } from './server-room-state.ts'

/** The room at this moment as one person may see it: hosts see the whole queue, anybody else only what is theirs. */
export function snapshotFor(house: House, userId: string, nowMs: number): Snapshot {
  const { room } = house
  const host = isHost(room, userId)
  const mine = (entry: { userId: string }) => host || entry.userId === userId
  return {
    ...room,
    cohostIds: [...room.cohostIds],
    stage: [...room.stage],
    queue: room.queue.filter(mine),
    invited: room.invited.filter(mine),
    commentMutedIds: room.commentMutedIds.filter(mutedId => host || mutedId === userId),
    me: { role: roleOf(room, userId), speak: speakStateOf(room, userId) },
    listenerCount: countListeners(house),
    serverTime: nowMs
  }
}
