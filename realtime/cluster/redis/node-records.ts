import type { NodeFacts } from '../bus.ts'
import type { Commands } from './commands.ts'
import type { Drop } from './dropped.ts'
import { isReadableVersion, keys, protocolVersion } from './keys.ts'

/** Returns the value of a node's key. */
export function encodeNode({ nodeId, address, isDraining, load }: NodeFacts): string {
  return JSON.stringify({ v: protocolVersion, nodeId, address, isDraining, load })
}

/** A stored value that is an object, with its version. */
function parse(value: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}

function decodeNode(value: string): NodeFacts | undefined {
  const { v, nodeId, address, isDraining, load } = parse(value) ?? {}
  const fits =
    isReadableVersion(v) &&
    typeof nodeId === 'string' &&
    typeof address === 'string' &&
    typeof isDraining === 'boolean' &&
    typeof load === 'number'
  return fits ? { nodeId, address, isDraining, load } : undefined
}

async function readValues(commands: Commands): Promise<string[]> {
  const nodeIds = await commands.run(async redis => await redis.zrange(keys.nodes, 0, -1))
  if (nodeIds.length === 0) return []
  const values = await commands.run(async redis => await redis.mget(nodeIds.map(keys.node)))
  return values.filter(value => value !== null)
}

/** Reads the facts of the living nodes. */
export async function readNodes(commands: Commands, drop: Drop): Promise<NodeFacts[]> {
  return (await readValues(commands)).flatMap(value => {
    const facts = decodeNode(value)
    if (!facts) drop('node', 'not readable')
    return facts ?? []
  })
}

/**
 * Refuses to join nodes of a newer version: this one could not read what they write.
 * @throws Error for operators
 */
export async function refuseNewerNodes(commands: Commands): Promise<void> {
  for (const value of await readValues(commands)) {
    const { v, nodeId } = parse(value) ?? {}
    if (typeof v !== 'number' || v <= protocolVersion) continue
    throw new Error(
      `this server speaks version ${protocolVersion} of the protocol between nodes, and node ${String(nodeId)} ` +
        `speaks version ${v}: start a version of this server that is as new, or stop the newer nodes first`
    )
  }
}
