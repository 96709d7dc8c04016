import type { Invited, QueueEntry, StageMember } from './snapshot.ts'
import { withoutAsking } from './speak-queue.ts'

/** A person by the name and picture that others see. */
export type StagePerson = Pick<StageMember, 'userId' | 'displayName' | 'avatarUrl'>

/** The part of a room that says who runs it. */
interface Owned {
  readonly creatorId: string
  /** The co-host to whom the show was handed over; absent while the creator runs the room. */
  readonly ownerId?: string
}

/** The part of a room that says who is on stage, or on the way to it. */
interface Stage extends Owned {
  readonly stage: readonly StageMember[]
  readonly queue: readonly QueueEntry[]
  readonly queueLength: number
  readonly invited: readonly Invited[]
}

/** Returns who runs the room: its creator, or the co-host to whom the show was handed over. */
export function ownerOf({ creatorId, ownerId }: Owned): string {
  return ownerId ?? creatorId
}

/** Returns the room with a person on stage, who is not heard yet. They have no request and no invitation any more. */
export function takeSeat<R extends Stage>(room: R, { userId, displayName, avatarUrl }: StagePerson): R {
  const seat: StageMember = { userId, displayName, avatarUrl, state: 'granted', muted: false, producerId: null }
  const asked = withoutAsking(room, userId)
  return { ...asked, stage: [...asked.stage.filter(member => member.userId !== userId), seat] }
}

/** Takes a person off the stage. The owner keeps their place, and only their voice ends. */
export function leaveStage<R extends Stage>(room: R, userId: string): R {
  if (userId === ownerOf(room)) return editMember(room, userId, { state: 'granted', producerId: null })
  return { ...room, stage: room.stage.filter(member => member.userId !== userId) }
}

/** Changes the place of a person on stage. */
export function editMember<R extends Stage>(room: R, userId: string, change: Partial<StageMember>): R {
  return { ...room, stage: room.stage.map(member => (member.userId === userId ? changed(member, change) : member)) }
}

/** Without a producer a seat is not silent. The field is absent unless it is true. */
function changed(member: StageMember, change: Partial<StageMember>): StageMember {
  const { silent, ...after } = { ...member, ...change }
  return silent === true && after.producerId !== null ? { ...after, silent } : after
}
