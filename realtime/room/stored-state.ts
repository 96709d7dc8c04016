import { Set as ImmutableSet } from 'immutable'
import type { RoomState } from '../../contract/room.ts'
import type { ServerRoomState } from './server-room-state.ts'

/** Written into every stored state. A state of another format is not read: the log is replayed instead. */
const format = 1

/** The part of a room's state that the log determines, as plain JSON. */
export interface StoredRoomState {
  readonly format: number
  readonly room: RoomState
  readonly requestCount: number
  readonly bannedIds: readonly string[]
}

/** The state to store, and everybody whose name, picture or words are in it. */
export function toStored({ room, requestCount, bannedIds }: ServerRoomState): {
  state: Record<string, unknown>
  userIds: string[]
} {
  const stored: StoredRoomState = { format, room, requestCount, bannedIds: [...bannedIds] }
  const { pin, poll } = room
  const people = [
    ...[...room.stage, ...room.queue, ...room.invited].map(({ userId }) => userId),
    ...(pin ? [pin.by] : []),
    ...(poll ? [poll.by] : []),
    ...(pin?.kind === 'comment' ? [pin.userId] : [])
  ]
  // A stored document takes no undefined, and shares nothing with the state.
  return { state: JSON.parse(JSON.stringify(stored)), userIds: [...new Set(people)] }
}

/** The state with its stored part read back; undefined when it has another format. */
export function fromStored(state: ServerRoomState, stored: Record<string, unknown>): ServerRoomState | undefined {
  if (!isStored(stored)) return undefined
  const { room, requestCount, bannedIds } = stored
  return { ...state, room, requestCount, bannedIds: ImmutableSet(bannedIds) }
}

function isStored(stored: object): stored is StoredRoomState {
  return 'format' in stored && stored.format === format
}
