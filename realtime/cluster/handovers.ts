import type { FastifyBaseLogger } from 'fastify'
import type { LiveRooms } from '../rooms/live-rooms.ts'
import type { Bus } from './bus.ts'
import type { Homes } from './homes.ts'
import type { Peers } from './peers.ts'
import { forwardTimeoutMs } from './room-calls.ts'

export interface HandoverParts {
  bus: Pick<Bus, 'nodeId' | 'nodes'>
  peers: Pick<Peers, 'ask'>
  homes: Pick<Homes, 'findStream'>
  rooms: Pick<LiveRooms, 'find' | 'showIds' | 'handOver' | 'closeBackstage'>
  /** Follows the show at its new home. Returns the id of that node, or undefined when the show has none. */
  follow(showId: string): Promise<string | undefined>
  logger: FastifyBaseLogger
}

/** Gives the shows of a node that is about to stop to other nodes. */
export interface Handovers {
  /** Whether this node gives its shows away, so that it takes no further ones. */
  isStopping(): boolean
  /** Resolves when the show is not being handed over. Until then, a command of a member here must not take it back. */
  settled(showId: string): Promise<void>
  /** Hands every show over to another node. Returns whether there is one. */
  all(): Promise<boolean>
}

export function createHandovers({ bus, peers, homes, rooms, follow, logger }: HandoverParts): Handovers {
  const taking = new Map<string, Promise<void>>()
  let isStopping = false

  async function give(showId: string, toNodeId: string): Promise<void> {
    await rooms.handOver(showId)
    await peers.ask(toNodeId, 'rooms:take', { showId }, forwardTimeoutMs)
  }

  /** Prefers the node with most members of the show, then the one with least people. */
  async function handOver(showId: string, others: Awaited<ReturnType<Bus['nodes']>>): Promise<void> {
    // A node of an earlier build would start a planned show. People who are backstage open it again elsewhere.
    if (rooms.find(showId)?.state.room.status === 'scheduled') return await rooms.closeBackstage(showId)
    const followers = homes.findStream(showId)?.followers ?? new Set()
    const [target] = others.toSorted(
      (a, b) => Number(followers.has(b.nodeId)) - Number(followers.has(a.nodeId)) || a.load - b.load
    )
    if (!target) return
    const given = give(showId, target.nodeId).finally(() => taking.delete(showId))
    taking.set(
      showId,
      given.catch(() => {})
    )
    await given
    const nodeId = await follow(showId)
    if (nodeId !== undefined) logger.info({ showId, nodeId }, 'show handed over')
  }

  return {
    isStopping: () => isStopping,
    async settled(showId) {
      await taking.get(showId)
    },
    async all() {
      isStopping = true
      // Without Redis nobody can take the shows: they are restored when this node is gone.
      const nodes = await bus.nodes().catch(() => [])
      const others = nodes.filter(node => node.nodeId !== bus.nodeId && !node.isDraining)
      await Promise.allSettled(rooms.showIds().map(async showId => await handOver(showId, others)))
      return others.length > 0
    }
  }
}
