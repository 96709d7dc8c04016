import { roleOf } from '../../../contract/room.ts'
import type { RoomState } from '../../../client/index.ts'

const labels = { creator: 'Host', cohost: 'Co-host', speaker: 'Speaker', listener: '' } as const

/** Returns the role of a member in a show; empty for a listener. */
export function roleLabel(room: RoomState, userId: string): string {
  return labels[roleOf(room, userId)]
}
