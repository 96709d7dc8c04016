import { CodedError } from '../../contract/errors.ts'
import { LogConflict } from '../../plugins/app/shows/event-log.ts'
import { Deposed } from '../cluster/bus.ts'
import { HomeElsewhere } from '../cluster/homes.ts'
import { createEmptyBackstages } from './empty-backstages.ts'
import type { LiveRoom } from './live-room.ts'
import { openRoom, type OpenedRoom, type OpenRoomParts } from './open-room.ts'
import type { RecentEnds } from './recent-ends.ts'
import { resumeRoom, type ResumeRoomParts } from './resume-room.ts'
import { RoomMoved } from './room.ts'

export interface OpenRoomsParts extends OpenRoomParts, Omit<ResumeRoomParts, 'store' | 'homes'> {
  ends: RecentEnds
  /** Another node took a show from this one. */
  onDeposed(): void
  /** Whether the node closes: then a room that loses a write is not restored. */
  isClosing(): boolean
}

/** The rooms of this node that are open, being opened, or waiting to be restored. */
export interface OpenRooms {
  readonly rooms: ReadonlyMap<string, LiveRoom>
  /** Rooms that are open or being opened; one that fails to open is forgotten. */
  readonly openings: ReadonlyMap<string, Promise<LiveRoom | undefined>>
  /** Shows that the store says are live, and that have no room yet. */
  readonly interrupted: Set<string>
  /** Opens the room of a show that starts. Throws CONFLICT when it is live on another node. */
  start(showId: string): Promise<LiveRoom | undefined>
  /** The room of a show that is live here; waits while it is being opened or restored. */
  awaitRoom(showId: string): Promise<LiveRoom | undefined>
  /** Restores a show. Returns undefined when it has ended. Throws HomeElsewhere when another node is its home. */
  adopt(showId: string): Promise<LiveRoom | undefined>
  /** Closes the room of a planned show, before it starts. People who are backstage connect again. */
  closeBackstage(showId: string): Promise<void>
  /** Stops being the home of a show: stores everything, and frees the claim. Members and audio stay. */
  handOver(showId: string): Promise<void>
  close(): Promise<void>
}

/** Opens each room at most once, from the start of its show or from its log. */
export function createOpenRooms(parts: OpenRoomsParts): OpenRooms {
  const { store, homes, ends } = parts
  const rooms = new Map<string, LiveRoom>()
  const openings = new Map<string, Promise<LiveRoom | undefined>>()
  const interrupted = new Set<string>()
  const emptyBackstages = createEmptyBackstages({
    afterMs: parts.limits.speakerGraceMs,
    async onEmpty(showId) {
      if (rooms.get(showId)?.state.members.isEmpty()) await closeBackstage(showId)
    }
  })

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
    // Nothing happened that a show which is still planned would go on from.
    const isPlanned = room.state.room.status === 'scheduled'
    if (!isElsewhere && !isPlanned && !parts.isClosing()) interrupted.add(showId)
    homes.release(showId)
    if (isElsewhere) parts.onDeposed()
    room.abandon()
  }

  /** Reads the show after its room is known to be opening: an edit stored after that reaches the room by itself. */
  async function open(showId: string): Promise<OpenedRoom> {
    await homes.claim(showId)
    const show = await store.shows.findRecord(showId)
    if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
    let room: LiveRoom | null = null
    let isLost = false
    const onChanged: typeof parts.onChanged = (changedId, state) => {
      parts.onChanged(changedId, state)
      emptyBackstages.watch(changedId, state)
    }
    const opened = await openRoom(
      show,
      { ...parts, onChanged },
      {
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
      }
    )
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
        emptyBackstages.watch(showId, room.state)
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
  async function start(showId: string): Promise<LiveRoom | undefined> {
    return await openOnce(showId, async () => (await open(showId)).room).catch((error: unknown) => {
      if (error instanceof HomeElsewhere) throw new CodedError('CONFLICT', 'The show is already live.')
      throw error
    })
  }

  async function closeBackstage(showId: string): Promise<void> {
    const room = rooms.get(showId)
    if (room?.state.room.status !== 'scheduled') return
    forget(showId)
    // Nodes with members in the room look for its home, and find none.
    homes.findStream(showId)?.publishMoved()
    room.abandon()
    homes.release(showId)
    await room.close()
    parts.logger.info({ showId }, 'backstage closed')
  }

  return {
    rooms,
    openings,
    interrupted,
    start,
    closeBackstage,
    awaitRoom,
    adopt,
    async handOver(showId) {
      const room = await openings.get(showId)
      if (!room) return
      forget(showId)
      await room.retire()
      homes.release(showId)
    },
    async close() {
      emptyBackstages.close()
      await Promise.allSettled(openings.values())
      await Promise.all([...rooms.values()].map(async room => await room.close()))
      rooms.clear()
      openings.clear()
    }
  }
}
