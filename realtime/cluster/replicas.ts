import type { FastifyBaseLogger } from 'fastify'
import pRetry from 'p-retry'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { RoomMoved } from '../rooms/room.ts'
import type { RoomStore } from '../rooms/room-store.ts'
import type { Bus } from './bus.ts'
import type { Location } from './forwarding.ts'
import type { Peers } from './peers.ts'
import { listenToReplicaAudio, type ReplicaAudioParts } from './replica-audio.ts'
import { checkEveryMs, createReplicaCheck, type ReplicaCheck } from './replica-check.ts'
import { openReplica, type ReplicaRoom } from './replica-room.ts'
import { forwardTimeoutMs, type Following, type NotHome } from './room-calls.ts'
import type { PresentMember } from '../room/commands.ts'

const maxRetryMs = 2_000

/** The shows that have members here and their home on another node. */
export interface Replicas {
  find(showId: string): ReplicaRoom | undefined
  /** Number of shows that are followed. */
  readonly size: number
  /** The home of a show that is followed. */
  homeOf(showId: string): string | undefined
  /** Follows a show, once for several callers. Throws UNAVAILABLE, RoomMoved when the node is not the home. */
  follow(showId: string, homeId: string): Promise<ReplicaRoom>
  /** Follows the new homes of the shows whose home was this node. */
  nodeLost(nodeId: string): void
  /** Looks for all homes again: this node may have counted as lost. */
  refollowAll(): void
  /** Looks for the home of a show again. */
  refollow(showId: string): void
  /** The home of the show is here now. */
  forget(showId: string): void
  close(): Promise<void>
}

export interface ReplicasParts {
  bus: Pick<Bus, 'nodeId' | 'follow'>
  peers: Pick<Peers, 'ask'>
  openAudio(showId: string): Promise<RoomAudio>
  delivery: Delivery
  log: Pick<RoomStore['log'], 'read'>
  presentHere(showId: string): PresentMember[]
  joining(showId: string): string[]
  isStreamed(showId: string): boolean
  /** Finds the home of a show; takes over one whose home is gone. */
  locate(showId: string): Promise<Location | undefined>
  audioReports: Pick<ReplicaAudioParts, 'speaking' | 'toHome' | 'castLevels'>
  onOpened(showId: string): void
  /** The state of a show has changed. */
  onChanged(showId: string, state: ServerRoomState): void
  onClosed(showId: string): void
  onRefollowed(): void
  /** Sends the members here the newest comments again. Never rejects. */
  repeatComments(showId: string): Promise<void>
  logger: FastifyBaseLogger
  nowMs: () => number
}

interface OpenReplica {
  readonly room: ReplicaRoom
  readonly audio: RoomAudio
  readonly check: ReplicaCheck
  homeId: string
  isFollowing: boolean
  /** An entry was missed, or the home may have changed, since the home was asked last. */
  isStale: boolean
}

export function createReplicas(parts: ReplicasParts): Replicas {
  const { bus, peers, delivery, logger, presentHere } = parts
  const replicas = new Map<string, OpenReplica>()
  const openings = new Map<string, Promise<ReplicaRoom>>()
  const closing = new AbortController()

  async function askToFollow(showId: string, homeId: string): Promise<Following> {
    const body = { showId, present: presentHere(showId), joining: parts.joining(showId) }
    const answer = await peers.ask<Following | NotHome>(homeId, 'room:follow', body, forwardTimeoutMs)
    if (answer.outcome === 'notHome') throw new RoomMoved()
    return answer
  }

  async function open(showId: string, homeId: string): Promise<ReplicaRoom> {
    const audio = await parts.openAudio(showId)
    try {
      const room = await openReplica(showId, bus, async () => await askToFollow(showId, homeId), {
        delivery,
        audio,
        log: parts.log,
        presentHere: () => presentHere(showId),
        logger,
        nowMs: parts.nowMs,
        onStale: () => refollow(showId),
        onChanged: state => parts.onChanged(showId, state),
        onEnded: () => close(showId)
      })
      listenToReplicaAudio(audio, { ...parts.audioReports, showId, delivery, logger })
      const check = createReplicaCheck({ ...parts, showId })
      replicas.set(showId, { room, audio, check, homeId, isFollowing: false, isStale: false })
      parts.onOpened(showId)
      logger.debug({ showId, homeId }, 'following a show')
      return room
    } catch (error) {
      await audio.close()
      throw error
    }
  }

  /** Closes a replica that nobody needs, or whose show has ended. */
  function close(showId: string): void {
    const replica = replicas.get(showId)
    if (!replica) return
    forget(showId)
    parts.onClosed(showId)
    replica.audio.close().catch((error: unknown) => logger.error({ err: error, showId }, 'audio not closed'))
  }

  function forget(showId: string): void {
    replicas.get(showId)?.room.stop()
    replicas.delete(showId)
  }

  /** One at a time, because members would get what they missed twice. */
  function refollow(showId: string): void {
    const replica = replicas.get(showId)
    if (!replica) return
    replica.isStale = true
    if (replica.isFollowing) return
    replica.isFollowing = true
    pRetry(async () => await followWhileStale(showId, replica), {
      retries: Infinity,
      minTimeout: 100,
      maxTimeout: maxRetryMs,
      signal: closing.signal,
      shouldRetry: () => replicas.get(showId) === replica,
      onFailedAttempt: ({ error }) => logger.warn({ err: error, showId }, 'home of a show not found')
    })
      .catch(() => {})
      .finally(() => {
        replica.isFollowing = false
      })
  }

  async function followWhileStale(showId: string, replica: OpenReplica): Promise<void> {
    while (replica.isStale && replicas.get(showId) === replica) {
      replica.isStale = false
      replica.room.pause()
      try {
        await followAgain(showId, replica)
      } catch (error) {
        replica.isStale = true
        throw error
      }
    }
  }

  async function followAgain(showId: string, replica: OpenReplica): Promise<void> {
    const location = await parts.locate(showId)
    if (replicas.get(showId) !== replica || (location && 'room' in location)) return
    if (!location) return await endMissed(showId, replica)
    const following = await askToFollow(showId, location.nodeId)
    if (replicas.get(showId) !== replica) return
    const isOtherHome = replica.homeId !== location.nodeId
    replica.homeId = location.nodeId
    await replica.room.install(following)
    parts.onRefollowed()
    if (isOtherHome) await parts.repeatComments(showId)
  }

  /** The show has no home any more: it has ended, and its end is in the log. */
  async function endMissed(showId: string, { room }: OpenReplica): Promise<void> {
    await room.catchUpTo(null)
    if (room.state.room.status === 'ended') return close(showId)
    delivery.drainShow(showId)
    close(showId)
  }

  /** Closes a replica that has had no members here for a while. */
  function closeIfIdle(showId: string, { check, homeId }: OpenReplica): void {
    if (!check.isIdle()) return
    close(showId)
    peers.ask(homeId, 'room:unfollow', { showId }, forwardTimeoutMs).catch(() => {})
  }

  /** Follows the home again when it knows other members here. */
  async function comparePresent(showId: string, replica: OpenReplica): Promise<void> {
    const isDifferent = await replica.check.isDifferent(replica.homeId)
    if (!isDifferent || replicas.get(showId) !== replica) return
    replica.check.reset()
    refollow(showId)
  }

  const checkTimer = setInterval(() => {
    for (const [showId, replica] of replicas) {
      if (!replica.isFollowing) comparePresent(showId, replica)
      closeIfIdle(showId, replica)
    }
  }, checkEveryMs).unref()

  return {
    find: showId => replicas.get(showId)?.room,
    get size() {
      return replicas.size
    },
    homeOf: showId => replicas.get(showId)?.homeId,
    async follow(showId, homeId) {
      const already = replicas.get(showId)?.room ?? openings.get(showId)
      if (already) return await already
      const opening = open(showId, homeId).finally(() => openings.delete(showId))
      openings.set(showId, opening)
      return await opening
    },
    nodeLost(nodeId) {
      for (const [showId, { homeId }] of replicas) if (homeId === nodeId) refollow(showId)
    },
    refollowAll() {
      for (const showId of replicas.keys()) refollow(showId)
    },
    refollow,
    forget,
    async close() {
      closing.abort()
      clearInterval(checkTimer)
      for (const showId of [...replicas.keys()]) forget(showId)
      await Promise.allSettled(openings.values())
    }
  }
}
