import type { RoomState } from '../../../contract/room.ts'
import type { ServerRoomEvent } from '../../../realtime/room/events.ts'
import { creator } from './people.ts'
import type { Run, Step } from './runner.ts'

/** Holds at every step of every show; throws when it does not. */
export type Invariant = (step: Step, run: Run) => void

/** Invariants by name. A name is a sentence of the contract or of the design. */
export type Invariants = Readonly<Record<string, Invariant>>

export type EventOf<T extends ServerRoomEvent['type']> = Extract<ServerRoomEvent, { type: T }>

/** The events of these types in a step. */
export function eventsOf<T extends ServerRoomEvent['type']>(
  { events }: Pick<Step, 'events'>,
  ...types: T[]
): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => types.some(type => type === event.type))
}

/** The id of the person who acts; null for the system. */
export function actorIdOf({ actor }: Step): string | null {
  return actor.kind === 'system' ? null : actor.userId
}

/** Returns the owner of the room. */
export function ownerIn({ ownerId = creator }: RoomState): string {
  return ownerId
}

/** The speakers on stage, without the owner of the room. */
export function speakersOf(room: RoomState): string[] {
  return room.stage.map(({ userId }) => userId).filter(userId => userId !== ownerIn(room))
}

export function isHostIn({ creatorId, cohostIds }: RoomState, userId: string | null): boolean {
  return userId === creatorId || (userId !== null && cohostIds.includes(userId))
}
