import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import { allDone } from '../../plugins/app/operations/all-done.ts'
import type { LiveShowActor, LiveShows, PeopleCheck } from '../../plugins/app/shows/live-shows.ts'
import type { CommentFeed } from '../delivery/comment-feed.ts'
import type { LiveRoom } from '../rooms/live-room.ts'
import type { LiveRooms } from '../rooms/live-rooms.ts'
import { forgetComments } from '../rooms/deleted-comments.ts'
import { membersOf, placeOf } from '../rooms/members.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomStore } from '../rooms/room-store.ts'
import type { Bus } from './bus.ts'
import type { Forwarding, Location } from './forwarding.ts'
import type { ClusterObserver } from './cluster-observer.ts'
import { createHandovers } from './handovers.ts'
import { HomeElsewhere, type Homes } from './homes.ts'
import { createNodeRoom } from './node-room.ts'
import type { Peers } from './peers.ts'
import type { Replicas } from './replicas.ts'
import { createStoredEdits } from './stored-edits.ts'
import { forwardTimeoutMs } from './room-calls.ts'
import { untilReached } from './until-reached.ts'

/** After a node is lost, nodes with members take its shows first. The others look for those without members. */
const orphanCheckMs = 1_000
/** A show may also lose its home while Redis is away. */
const regularOrphanCheckMs = 15_000

/** All live shows as this node sees them: those whose home it is, and those that it follows or asks about. */
export interface NodeRooms extends Omit<LiveShows, 'commentsDeleted' | 'findShowOf'> {
  /** The room of a live show for members of this node; undefined when it is not live. Throws UNAVAILABLE. */
  awaitRoom(showId: string): Promise<Room | undefined>
  /** Opens the room of a planned show for people who meet backstage, unless it is open. Throws UNAVAILABLE. */
  openBackstage(showId: string): Promise<Room | undefined>
  /** Tells the members of a live show that comments were deleted. */
  commentsDeleted(showId: string, commentIds: readonly string[], feed: Pick<CommentFeed, 'deleted'>): Promise<void>
  /** Finds the home of a show; takes over one whose home is gone. */
  locate(showId: string): Promise<Location | undefined>
  /** Hands every show over to another node. Returns whether there is one. */
  handOverAll(): Promise<boolean>
  close(): void
}

export interface NodeRoomsParts {
  bus: Bus
  peers: Pick<Peers, 'ask'>
  /** Whether other nodes share the bus. */
  isShared: boolean
  homes: Homes
  rooms: LiveRooms
  replicas: Replicas
  forwarding: Forwarding
  shows: RoomStore['shows']
  observer?: ClusterObserver
  logger: FastifyBaseLogger
  monotonicMs: () => number
}

export function createNodeRooms(parts: NodeRoomsParts): NodeRooms {
  const { bus, peers, isShared, homes, rooms, replicas, forwarding, shows, observer, logger, monotonicMs } = parts
  const system = { kind: 'system' } as const
  const nodeRooms = new Map<string, Room>()
  const timers = new Set<NodeJS.Timeout>()
  const handovers = createHandovers({
    bus,
    peers,
    homes,
    rooms,
    async follow(showId) {
      const location = await locate(showId)
      if (!location || !('nodeId' in location)) return undefined
      await replicas.follow(showId, location.nodeId)
      return location.nodeId
    },
    logger
  })

  /** The same object for all sockets, so that a show can move below them. */
  function nodeRoomOf(showId: string): Room {
    const known = nodeRooms.get(showId)
    if (known) return known
    for (const id of nodeRooms.keys()) if (!rooms.find(id) && !replicas.find(id)) nodeRooms.delete(id)
    const room = createNodeRoom({
      showId,
      findHome: () => rooms.find(showId),
      findReplica: () => replicas.find(showId),
      forwarding
    })
    nodeRooms.set(showId, room)
    return room
  }

  async function isLive(showId: string): Promise<boolean> {
    const show = await shows.findRecord(showId)
    return show?.status === 'live' || show?.status === 'interrupted'
  }

  /** Becomes the home of a show, if it still has none. */
  async function adopt(showId: string): Promise<Location | undefined> {
    try {
      const isNew = rooms.find(showId) === undefined
      const room = await rooms.adopt(showId)
      replicas.forget(showId)
      if (room && isNew && room.state.room.status !== 'scheduled') observer?.onTakenOver?.()
      return room && { room }
    } catch (error) {
      if (error instanceof HomeElsewhere) return { nodeId: error.nodeId }
      throw error
    }
  }

  async function locate(showId: string): Promise<Location | undefined> {
    await handovers.settled(showId)
    const room = await rooms.awaitRoom(showId)
    if (room) {
      replicas.forget(showId)
      return { room }
    }
    if (!isShared) return undefined
    const holder = await bus.findHome(showId)
    if (holder && holder.nodeId !== bus.nodeId) return { nodeId: holder.nodeId }
    return (await isLive(showId)) ? await adopt(showId) : undefined
  }

  async function isElsewhere(showId: string): Promise<boolean> {
    const holder = isShared ? await bus.findHome(showId) : null
    return holder !== null && holder.nodeId !== bus.nodeId
  }

  async function getLocation(showId: string): Promise<Location> {
    const location = await locate(showId)
    if (!location) throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
    return location
  }

  async function findOrphans(): Promise<void> {
    if (handovers.isStopping()) return
    for (const showId of await shows.listLiveIds()) {
      if (!rooms.find(showId) && !(await bus.findHome(showId))) await adopt(showId)
    }
  }

  function lookForOrphans(afterMs: number, again: boolean): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      findOrphans()
        .catch((error: unknown) => logger.warn({ err: error }, 'shows without a home not looked for'))
        .finally(() => {
          if (again && timers.size > 0) lookForOrphans(regularOrphanCheckMs, true)
        })
    }, afterMs)
    timers.add(timer.unref())
  }

  async function dropNode(room: LiveRoom | undefined, nodeId: string): Promise<void> {
    await room?.command(system, { type: 'server:nodeLost', nodeId })
  }

  function onNodeLost(nodeId: string, hasLeft: boolean): void {
    if (hasLeft) logger.info({ nodeId }, 'node stopped')
    else logger.warn({ nodeId }, 'node lost')
    if (!hasLeft) observer?.onNodeLost?.()
    homes.removeFollower(nodeId)
    for (const showId of rooms.showIds()) {
      dropNode(rooms.find(showId), nodeId).catch((error: unknown) =>
        logger.error({ err: error, showId, nodeId }, 'members of a lost node not dropped')
      )
    }
    replicas.nodeLost(nodeId)
    lookForOrphans(orphanCheckMs, false)
  }

  if (isShared) {
    bus.onNodeLost(onNodeLost)
    bus.onReconnected(() => replicas.refollowAll())
    lookForOrphans(regularOrphanCheckMs, true)
  }

  return {
    locate,
    async awaitRoom(showId) {
      if (replicas.find(showId)) return nodeRoomOf(showId)
      if (!isShared) return (await rooms.awaitRoom(showId)) && nodeRoomOf(showId)
      const found = await untilReached(monotonicMs, async () => {
        const location = await locate(showId)
        if (location && 'nodeId' in location) await replicas.follow(showId, location.nodeId)
        return { isLive: location !== undefined }
      })
      return found.isLive ? nodeRoomOf(showId) : undefined
    },
    async openBackstage(showId) {
      const found = await untilReached(monotonicMs, async () => {
        const location = (await locate(showId)) ?? (await adopt(showId))
        if (location && 'nodeId' in location) await replicas.follow(showId, location.nodeId)
        return { isOpen: location !== undefined }
      })
      return found.isOpen ? nodeRoomOf(showId) : undefined
    },
    async command(showId, actor, command) {
      if (command.type === 'show:start') {
        // People may be backstage there.
        if (await isElsewhere(showId)) return await forwarding.command(showId, actor, command)
        return await rooms.command(showId, actor, command)
      }
      const location = await getLocation(showId)
      if ('room' in location) return await location.room.command(actor, command)
      await forwarding.command(showId, actor, command)
    },
    ...createStoredEdits({ locate, forwarding }),
    findStatus: showId => rooms.findStatus(showId),
    async findPlace(showId, userId) {
      const known = (replicas.find(showId) ?? rooms.find(showId))?.state
      if (known) return placeOf(known, userId)
      // A question does not restore a show.
      if (!(await isElsewhere(showId))) return undefined
      const answer = await forwarding.ask(showId, 'room:place', { userId }, true)
      return 'room' in answer ? placeOf(answer.room.state, userId) : (answer.answer ?? undefined)
    },
    isElsewhere,
    async commentsDeleted(showId, commentIds, feed) {
      const room = rooms.find(showId)
      if (room) return await forgetComments(room, commentIds, feed)
      if (!isShared) return
      const home = await forwarding.ask(showId, 'room:commentsDeleted', { commentIds: [...commentIds] }, true)
      if ('room' in home) await forgetComments(home.room, commentIds, feed)
    },
    async members(showId: string, actor: LiveShowActor, check: PeopleCheck = 'people:list') {
      const location = await getLocation(showId)
      if ('room' in location) return await rooms.members(showId, actor, check)
      const answer = await forwarding.ask(showId, 'room:members', { actor, check }, true)
      return 'room' in answer ? membersOf(answer.room.state) : answer.answer
    },
    async forgetPerson(userId) {
      const others = isShared ? (await bus.nodes()).filter(({ nodeId }) => nodeId !== bus.nodeId) : []
      await allDone([
        rooms.forgetPerson(userId),
        ...others.map(async ({ nodeId }) => {
          await peers.ask(nodeId, 'rooms:forget', { userId }, forwardTimeoutMs)
        })
      ])
    },
    handOverAll: async () => isShared && (await handovers.all()),
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    }
  }
}
