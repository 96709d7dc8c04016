import type { RoomState } from '../../../client/index.ts'

/** Returns the role of a member in a show; empty for a listener. */
export function roleLabel({ creatorId, cohostIds, stage }: RoomState, userId: string): string {
  if (userId === creatorId) return 'Host'
  if (cohostIds.includes(userId)) return 'Co-host'
  return stage.some(member => member.userId === userId) ? 'Speaker' : ''
}
