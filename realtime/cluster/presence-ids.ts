import { randomBytes } from 'node:crypto'
import { presenceIdOn } from '../room/presence-ids.ts'

export { nodeOfPresence } from '../room/presence-ids.ts'

/** Random bytes of an id. As hexadecimal digits they leave 39 of the 64 characters of an id to the node's id. */
const uniqueBytes = 12

/** Returns a new id of a presence on a node. The node's id has at most 39 letters, digits, hyphens and underscores. */
export function newPresenceId(nodeId: string): string {
  return presenceIdOn(nodeId, randomBytes(uniqueBytes).toString('hex'))
}
