import { CodedError } from '../../contract/errors.ts'
import type { Person } from '../../contract/users.ts'
import { allDone } from '../../plugins/app/operations/all-done.ts'
import { LogConflict } from '../../plugins/app/shows/event-log.ts'
import type { LiveShows } from '../../plugins/app/shows/live-shows.ts'
import { Deposed } from '../cluster/bus.ts'
import { HomeElsewhere } from '../cluster/homes.ts'
import type { LiveRoom } from './live-room.ts'
import { isOnAirBy, membersOf, placeOf } from './members.ts'
import { openRoom, type OpenedRoom, type OpenRoomParts } from './open-room.ts'
import { RoomMoved } from './room.ts'
import { createRecentEnds } from './recent-ends.ts'
import { restoreAll } from './restore-all.ts'
import { resumeRoom, type ResumeRoomParts } from './resume-room.ts'
import { figuresOf, type RoomFigures } from './room-figures.ts'

export interface LiveRoomsParts extends OpenRoomParts, Omit<ResumeRoomParts, 'store' | 'homes'> {
  /** Another node took a show from this one. */
  onDeposed(): void
}

/** All shows whose home is this node. */
export interface LiveRooms extends Pick<
  LiveShows,
  'command' | 'showEdited' | 'playlistEdited' | 'findStatus' | 'findPlace' | 'findShowOf' | 'members' | 'forgetPerson'
> {
  /** Shows a person's new name and picture in the rooms they are in. */
  personChanged(person: Person): void
  /** The room of a show that is live here. */
  find(showId: string): LiveRoom | undefined
  /** The room of a show that is live here; waits while it is being opened or restored. */
  awaitRoom(showId: string): Promise<LiveRoom | undefined>
  /**
   * Restores a show whose home is gone. Returns undefined when it has ended. Throws HomeElsewhere when another node is
   * its home.
   */
  adopt(showId: string): Promise<LiveRoom | undefined>
  /** Stops being the home of a show: stores everything, and frees the claim. Members and audio stay. */
  handOver(showId: string): Promise<void>
  /** Shows whose home is here. */
  showIds(): string[]
  figures(): RoomFigures
  /** Finds the shows that were live when the server went down. From now on joining one of them restores it first. */
  findInterrupted(): Promise<void>
  /** Restores the found shows, several at once. Resolves when all are restored; failures are logged and retried. */
  restore(): Promise<void>
  close(): Promise<void>
}

export function createLiveRooms(parts: LiveRoomsParts): LiveRooms {
  const { store, homes, logger } = parts
  const { shows } = store
  const rooms = new Map<string, LiveRoom>()
  /** Rooms that are open or being opened; one that fails to open is forgotten. */
  const openings = new Map<string, Promise<LiveRoom | undefined>>()
  /** Shows that the store says are live, and that have no room yet. */
  const interrupted = new Set<string>()
  const ends = createRecentEnds()
  const closing = new AbortController()

  function forget(showId: string): void {
    rooms.delete(showId)
    openings.delete(showId)
  }

  /** Gives up a room that lost a write. It may be restored here only when no other server writes its log. */
  function abandon(room: LiveRoom, error: unknown): void {
    const { showId } = room
    // A room that was given up before may still find out that a write is lost, while another one has its place.
    if (rooms.get(showId) !== room) return
    forget(showId)
    const isElsewhere = error instanceof LogConflict || error instanceof Deposed
    if (!isElsewhere && !closing.signal.aborted) interrupted.add(showId)
    homes.release(showId)
    if (isElsewhere) parts.onDeposed()
    room.abandon()
  }

  /** Reads the show after its room is known to be opening: an edit stored after that reaches the room by itself. */
  async function open(showId: string): Promise<OpenedRoom> {
    await homes.claim(showId)
    const show = await shows.findRecord(showId)
    if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
    let room: LiveRoom | null = null
    let isLost = false
    const opened = await openRoom(show, parts, {
      onEnded: (endedId, end) => ends.add(endedId, end),
      onClosed(endedId) {
        if (rooms.get(endedId) !== room) return
        forget(endedId)
        homes.forget(endedId)
      },
      onLost(_showId, error) {
        isLost = true
        if (room) abandon(room, error)
      }
    })
    if (isLost) {
      await opened.room.retire()
      throw new RoomMoved()
    }
    room = opened.room
    rooms.set(showId, room)
    return opened
  }

  /** Opens a room once, even when several callers ask for it at the same time. */
  async function openOnce(showId: string, opening: () => Promise<LiveRoom | undefined>): Promise<LiveRoom | undefined> {
    const already = openings.get(showId)
    if (already) return await already
    const promise = opening()
    openings.set(showId, promise)
    try {
      const room = await promise
      if (!room) openings.delete(showId)
      return room
    } catch (error) {
      if (openings.get(showId) === promise) forget(showId)
      throw error
    }
  }

  async function restoreShow(showId: string): Promise<LiveRoom | undefined> {
    return await openOnce(showId, async () => {
      const opened = await open(showId)
      const { room } = opened
      try {
        const isOn = await resumeRoom(opened, parts)
        interrupted.delete(showId)
        if (isOn) return room
        rooms.delete(showId)
        await room.close()
        homes.forget(showId)
        return undefined
      } catch (error) {
        // Its writes must have ended before the next attempt reads the log. Members and audio stay for that attempt.
        await room.retire()
        throw error
      }
    })
  }

  /** A show that another node has taken is not live here. */
  async function awaitRoom(showId: string): Promise<LiveRoom | undefined> {
    const opening = openings.get(showId)
    if (!opening && !interrupted.has(showId)) return undefined
    return await (opening ?? adopt(showId)).catch((error: unknown) => {
      if (error instanceof HomeElsewhere) return undefined
      throw error
    })
  }

  /** Restores a show. One that another node has taken is not interrupted any more. */
  async function adopt(showId: string): Promise<LiveRoom | undefined> {
    try {
      return await restoreShow(showId)
    } catch (error) {
      if (error instanceof HomeElsewhere) interrupted.delete(showId)
      throw error
    }
  }

  /** Opens the room of a show that starts. */
  async function startRoom(showId: string): Promise<LiveRoom | undefined> {
    return await openOnce(showId, async () => (await open(showId)).room).catch((error: unknown) => {
      if (error instanceof HomeElsewhere) throw new CodedError('CONFLICT', 'The show is already live.')
      throw error
    })
  }

  async function getRoom(showId: string): Promise<LiveRoom> {
    const room = await awaitRoom(showId)
    if (!room) throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
    return room
  }

  /** Every room that is open or will be in a moment. One that cannot be opened rejects. */
  function everyRoom(): Promise<LiveRoom | undefined>[] {
    return [...new Set([...openings.keys(), ...interrupted])].map(async showId => await awaitRoom(showId))
  }

  return {
    find: showId => rooms.get(showId),
    awaitRoom,
    adopt,
    async handOver(showId) {
      const room = await openings.get(showId)
      if (!room) return
      forget(showId)
      await room.retire()
      homes.release(showId)
    },
    showIds: () => [...rooms.keys()],
    figures: () => figuresOf(rooms.values()),
    findStatus: showId => {
      const end = ends.find(showId)
      if (end) return { status: 'ended', listenerCount: 0, end }
      if (interrupted.has(showId)) return { status: 'interrupted', listenerCount: 0, end: null }
      const state = rooms.get(showId)?.state
      return state && { status: state.room.status, listenerCount: state.listenerCount, end: null }
    },
    async findPlace(showId, userId) {
      const state = rooms.get(showId)?.state
      return state && placeOf(state, userId)
    },
    findShowOf: creatorId => [...rooms].find(([, { state }]) => isOnAirBy(state, creatorId))?.[0],
    async members(showId, actor) {
      const room = await getRoom(showId)
      room.check(actor, { type: 'people:list' })
      return membersOf(room.state)
    },
    async command(showId, actor, command) {
      const room = await (command.type === 'show:start' ? startRoom(showId) : getRoom(showId))
      await room?.command(actor, command)
    },
    async showEdited(showId, edit) {
      const room = await awaitRoom(showId)
      await room?.command({ kind: 'system' }, { type: 'server:showEdited', ...edit })
    },
    async playlistEdited(showId, playlist) {
      const room = await awaitRoom(showId)
      await room?.command({ kind: 'system' }, { type: 'server:playlistEdited', ...playlist })
    },
    async forgetPerson(userId) {
      const forgotten = everyRoom().map(async opening => {
        const room = await opening
        await room?.command({ kind: 'system' }, { type: 'server:erased', userId })
        await room?.stored()
      })
      // A room that cannot be opened, or cannot store, does not keep the person in the others.
      await allDone(forgotten)
    },
    personChanged({ id: userId, displayName, avatarUrl }) {
      for (const [showId, opening] of openings) {
        opening
          .then(async room => {
            await room?.command({ kind: 'system' }, { type: 'server:renamed', userId, displayName, avatarUrl })
          })
          .catch((error: unknown) => logger.error({ err: error, showId, userId }, 'profile change not applied to room'))
      }
    },
    async findInterrupted() {
      for (const showId of await shows.listLiveIds()) interrupted.add(showId)
    },
    restore: async () => await restoreAll(interrupted, awaitRoom, { signal: closing.signal, logger }),
    async close() {
      closing.abort()
      await Promise.allSettled(openings.values())
      await Promise.all([...rooms.values()].map(async room => await room.close()))
      rooms.clear()
      openings.clear()
    }
  }
}
