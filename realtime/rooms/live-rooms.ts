import { CodedError } from '../../contract/errors.ts'
import type { Person } from '../../contract/users.ts'
import { allDone } from '../../plugins/app/operations/all-done.ts'
import type { LiveShows } from '../../plugins/app/shows/live-shows.ts'
import type { LiveRoom } from './live-room.ts'
import { isOnAirBy, membersOf, placeOf } from './members.ts'
import { createOpenRooms, type OpenRoomsParts } from './open-rooms.ts'
import { createRecentEnds } from './recent-ends.ts'
import { restoreAll } from './restore-all.ts'
import { figuresOf, type RoomFigures } from './room-figures.ts'

export type LiveRoomsParts = Omit<OpenRoomsParts, 'ends' | 'isClosing'>

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
   * Restores a show whose home is gone, or opens a planned one backstage. Returns undefined when it has ended. Throws
   * HomeElsewhere when another node is its home.
   */
  adopt(showId: string): Promise<LiveRoom | undefined>
  /** Closes the room of a planned show, before it starts. People who are backstage connect again. */
  closeBackstage(showId: string): Promise<void>
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
  const { store, logger } = parts
  const ends = createRecentEnds()
  const closing = new AbortController()
  const open = createOpenRooms({ ...parts, ends, isClosing: () => closing.signal.aborted })
  const { rooms, openings, interrupted, awaitRoom, adopt, closeBackstage, handOver } = open

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
    closeBackstage,
    handOver,
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
    async members(showId, actor, check = 'people:list') {
      const room = await getRoom(showId)
      room.check(actor, { type: check })
      return membersOf(room.state)
    },
    async command(showId, actor, command) {
      const room = await (command.type === 'show:start' ? open.start(showId) : getRoom(showId))
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
        // The erasure finds the person's last audience events in the store.
        if (room) await parts.recorders.flush(room.showId)
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
      for (const showId of await store.shows.listLiveIds()) interrupted.add(showId)
    },
    restore: async () => await restoreAll(interrupted, awaitRoom, { signal: closing.signal, logger }),
    async close() {
      closing.abort()
      await open.close()
    }
  }
}
