import type { FastifyBaseLogger } from 'fastify'
import type { ShowAudios } from '../audio/show-audios.ts'
import type { SocketDelivery } from '../delivery/socket-delivery.ts'
import { createLiveRooms, type LiveRooms, type LiveRoomsParts } from '../rooms/live-rooms.ts'
import type { Bus } from './bus.ts'
import type { ClusterObserver } from './cluster-observer.ts'
import { createForwarding, type Forwarding } from './forwarding.ts'
import { createHomeCommands, type HomeCommands } from './home-commands.ts'
import type { Homes } from './homes.ts'
import { answerAsMember } from './member-answers.ts'
import { createMissedComments } from './missed-comments.ts'
import { createNodeRooms, type NodeRooms } from './node-rooms.ts'
import type { Peers } from './peers.ts'
import { createReplicas, type Replicas } from './replicas.ts'
import type { PresentMember } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { watchUnsureHomes } from './unsure-homes.ts'
import { endUnknownPresences } from './unknown-presences.ts'
import type { ShowCasts } from './show-casts.ts'

export interface ClusterParts extends Omit<
  LiveRoomsParts,
  'openAudio' | 'presentHere' | 'catchUpMembers' | 'endUnknown' | 'onDeposed' | 'repeatComments'
> {
  bus: Bus
  peers: Peers
  /** Whether other nodes share the bus. */
  isShared: boolean
  observer?: ClusterObserver
  /** A show has members here and on another node. */
  onFollowed(showId: string): void
  /** Whether a show is streamed from this node, and needed here even without members. */
  isStreamed(showId: string): boolean
  homes: Homes
  casts: ShowCasts
  audios: Pick<ShowAudios, 'open' | 'find'>
  /** Reaches the members who are connected to this node. */
  localDelivery: SocketDelivery
  logger: FastifyBaseLogger
  monotonicMs: () => number
}

/** The live shows of this node among those of the cluster. */
export interface Cluster {
  /** The shows whose home is here. */
  readonly rooms: LiveRooms
  /** All shows, wherever their home is. */
  readonly nodeRooms: NodeRooms
  readonly forwarding: Forwarding
  readonly replicas: Replicas
  readonly commands: HomeCommands
  /** Returns the state of a show with its home or members here. */
  findState(showId: string): ServerRoomState | undefined
  close(): Promise<void>
}

export function createCluster(parts: ClusterParts): Cluster {
  const { bus, peers, homes, audios, casts, localDelivery, store, logger, monotonicMs } = parts
  const system = { kind: 'system' } as const
  const openAudio = async (showId: string) => await audios.open(showId)

  function presentHere(showId: string): PresentMember[] {
    const audio = audios.find(showId)
    return localDelivery.membersIn(showId).map(({ kind: _kind, ...member }) => ({
      ...member,
      producerId: audio?.producerOf(member.presenceId) ?? null
    }))
  }

  /** Members who cannot get what they missed connect again. */
  async function catchUpMembers(showId: string, seq: number): Promise<void> {
    const replica = replicas.find(showId)
    if (!replica) return
    replica.stop()
    await replica.catchUpTo(seq).catch((error: unknown) => {
      logger.warn({ err: error, showId }, 'members cannot be told what they missed')
      localDelivery.drainShow(showId)
    })
  }

  const repeatComments = createMissedComments({ ...parts, comments: store.comments })
  const rooms = createLiveRooms({
    ...parts,
    repeatComments,
    openAudio,
    presentHere,
    catchUpMembers,
    onDeposed: () => parts.observer?.onDeposed?.(),
    endUnknown: (showId, state) => endUnknownPresences(state, presentHere(showId), audios.find(showId), localDelivery)
  })
  const findState = (showId: string) => (replicas.find(showId) ?? rooms.find(showId))?.state
  const commands = createHomeCommands({ homes, logger, monotonicMs })
  const forwarding = createForwarding({
    nodeId: bus.nodeId,
    peers,
    locate: async showId => await nodeRooms.locate(showId),
    findReplica: showId => replicas.find(showId),
    findState,
    commands,
    monotonicMs
  })
  const replicas = createReplicas({
    bus,
    peers,
    openAudio,
    delivery: localDelivery,
    log: store.log,
    presentHere,
    joining: forwarding.joining,
    isStreamed: parts.isStreamed,
    locate: async showId => await nodeRooms.locate(showId),
    audioReports: {
      speaking: parts.speaking,
      toHome: async (showId, command) => await forwarding.command(showId, system, command),
      castLevels: (showId, levels) => casts.send(showId, { kind: 'levels', nodeId: bus.nodeId, levels })
    },
    onOpened(showId) {
      casts.join(showId)
      parts.onFollowed(showId)
    },
    onChanged: parts.onChanged,
    repeatComments,
    onRefollowed: () => parts.observer?.onRefollowed?.(),
    onClosed: casts.leave,
    logger,
    nowMs: parts.nowMs
  })
  const nodeRooms = createNodeRooms({ ...parts, rooms, replicas, forwarding, shows: store.shows })
  const stopWatching = parts.isShared ? watchUnsureHomes({ bus: parts.bus, rooms, logger }) : () => {}
  answerAsMember({
    peers,
    rooms,
    presentHere,
    findAudio: audios.find,
    onRollCall(showId, token) {
      homes.depose(showId, token)
      replicas.refollow(showId)
    },
    take: async showId => {
      await nodeRooms.locate(showId)
    }
  })

  return {
    rooms,
    nodeRooms,
    forwarding,
    replicas,
    commands,
    findState,
    async close() {
      stopWatching()
      nodeRooms.close()
      await replicas.close()
      await rooms.close()
      homes.close()
    }
  }
}
