import type { RoomAudio } from '../audio/room-audio.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'
import type { PresentMember } from '../room/commands.ts'

/** A person whom a new home missed connects again soon. */
const reconnectAfterMs = 1000

/** Ends the presences on this node that the home of their show does not know any more. */
export function endUnknownPresences(
  state: ServerRoomState,
  presentHere: readonly Pick<PresentMember, 'userId' | 'presenceId'>[],
  audio: Pick<RoomAudio, 'leave'> | undefined,
  delivery: Pick<Delivery, 'endPresence'>
): void {
  for (const { userId, presenceId } of presentHere) {
    const current = presenceOf(state, userId)
    if (current === presenceId) continue
    audio?.leave(presenceId)
    if (current !== null) delivery.endPresence(presenceId, 'session:replaced', {})
    else delivery.endPresence(presenceId, 'session:drain', { reconnectAfterMs })
  }
}
