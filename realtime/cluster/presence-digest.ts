import { createHash } from 'node:crypto'
import { nodeOfPresence } from './presence-ids.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'

/** A short value that is the same for the same presences in any order. */
export function presenceDigest(presenceIds: readonly string[]): string {
  return createHash('sha256').update(presenceIds.toSorted().join(' ')).digest('base64url')
}

/** The presences of a room on one node. */
export function presencesOn(nodeId: string, { members }: ServerRoomState): string[] {
  return [...members.values()].flatMap(({ presenceId }) =>
    presenceId !== null && nodeOfPresence(presenceId) === nodeId ? [presenceId] : []
  )
}
