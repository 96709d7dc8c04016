/** Version of what nodes write to Redis. A node reads entries of its own and lower versions. */
export const protocolVersion = 1

/** Names of keys. */
export const keys = {
  node: (nodeId: string) => `amb:node:${nodeId}`,
  /** Sorted set of the living nodes, by the time of their last renewal. */
  nodes: 'amb:nodes',
  /** Counts the changes of the set of nodes. */
  changes: 'amb:nodes:changes',
  /** Exists for a minute after a node left. */
  left: (nodeId: string) => `amb:left:${nodeId}`,
  home: (showId: string) => `amb:home:${showId}`,
  inbox: (nodeId: string) => `amb:in:${nodeId}`,
  show: (showId: string) => `amb:show:${showId}`,
  /** Hash of the number of a person's sockets, by node. */
  sockets: (userId: string) => `amb:sockets:${userId}`,
  feed: 'amb:feed'
} as const

/** Returns the prefix of channels, which all databases of a server share. */
export function channelPrefix(db: number): string {
  return db === 0 ? 'amb:cast:' : `amb:${db}:cast:`
}

/** Whether this node can read what has this version field. */
export function isReadableVersion(version: unknown): boolean {
  const number = Number(version)
  return Number.isInteger(number) && number >= 1 && number <= protocolVersion
}
