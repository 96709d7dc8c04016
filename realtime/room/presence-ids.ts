/** Ids on the wire hold no dot. The part behind the last separator has none. */
const separator = '_'

/** The id of a presence on a node. `unique` consists of letters, digits and hyphens. */
export function presenceIdOn(nodeId: string, unique: string): string {
  return `${nodeId}${separator}${unique}`
}

/** The node on which a person is connected, by the id of the presence. */
export function nodeOfPresence(presenceId: string): string {
  return presenceId.slice(0, Math.max(0, presenceId.lastIndexOf(separator)))
}
