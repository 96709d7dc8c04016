import { withOrWithout } from './id-list.ts'
import type { ActiveRecording } from './recordings.ts'
import type { StageMember } from './snapshot.ts'

/** The part of a room that says whose voices are recorded. */
interface RecordedStage {
  readonly stage: readonly StageMember[]
  readonly recording?: ActiveRecording
  readonly unrecordedIds?: readonly string[]
}

/** Returns the room after it became known that a voice is recorded, or is not. */
export function withRecorded<R extends RecordedStage>(
  room: R,
  { userId, recorded }: { userId: string; recorded: boolean }
): R {
  return { ...room, unrecordedIds: withOrWithout(room.unrecordedIds ?? [], userId, !recorded) }
}

/** Returns the room after a change, without the people whose voice or recording of before has ended. */
export function forgetUnrecorded<R extends RecordedStage>(before: R, after: R): R {
  const ids = after.unrecordedIds ?? []
  if (ids.length === 0) return after
  const isSame = (userId: string) => producerOf(after, userId) === producerOf(before, userId)
  return { ...after, unrecordedIds: after.recording ? ids.filter(isSame) : [] }
}

function producerOf({ stage }: RecordedStage, userId: string): string | null {
  return stage.find(member => member.userId === userId)?.producerId ?? null
}
