import type { RoomState } from '../../../client/index.ts'

/** What somebody is in the show, in a word; empty for a listener. */
export function roleText({ creatorId, cohostIds, stage }: RoomState, userId: string): string {
  if (userId === creatorId) return 'Host'
  if (cohostIds.includes(userId)) return 'Co-host'
  return stage.some(member => member.userId === userId) ? 'Speaker' : ''
}
