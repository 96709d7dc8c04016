import type { Invited, QueueEntry } from './snapshot.ts'

/** The part of a room that says who has asked to speak, and who is invited. */
interface SpeakQueue {
  readonly queue: readonly QueueEntry[]
  readonly queueLength: number
  readonly invited: readonly Invited[]
}

interface Named {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
}

/** Returns the people, one of them with another name and picture. */
export function renamed<P extends Named>(
  people: readonly P[],
  { userId, displayName, avatarUrl }: Named
): readonly P[] {
  return people.map(person => (person.userId === userId ? { ...person, displayName, avatarUrl } : person))
}

/** Removes a person's request and their invitation. */
export function withoutAsking<R extends SpeakQueue>(room: R, userId: string): R {
  return withoutInvitation(withoutRequest(room, userId), userId)
}

export function withoutInvitation<R extends SpeakQueue>(room: R, userId: string): R {
  if (!room.invited.some(invited => invited.userId === userId)) return room
  return { ...room, invited: room.invited.filter(invited => invited.userId !== userId) }
}

/** Removes a person's request from the queue. Requests behind it move up by one. */
export function withoutRequest<R extends SpeakQueue>(room: R, userId: string): R {
  const gone = room.queue.find(entry => entry.userId === userId)
  if (!gone) return room
  const queue = room.queue
    .filter(entry => entry !== gone)
    .map(entry => (entry.position > gone.position ? { ...entry, position: entry.position - 1 } : entry))
  return { ...room, queue, queueLength: room.queueLength - 1 }
}
