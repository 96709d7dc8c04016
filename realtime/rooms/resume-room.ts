import { CodedError } from '../../contract/errors.ts'
import { liveStatuses } from '../../plugins/app/shows/document.ts'
import type { Homes } from '../cluster/homes.ts'
import type { Command, PresentMember } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { LiveRoom } from './live-room.ts'
import type { OpenedRoom } from './open-room.ts'
import type { RoomStore } from './room-store.ts'

export interface ResumeRoomParts {
  store: Pick<RoomStore, 'shows' | 'events'>
  homes: Pick<Homes, 'rollCall' | 'findStream'>
  /** The people in a show who are connected to this node. */
  presentHere(showId: string): PresentMember[]
  /** Sends the members here what they missed up to a record, before a restored show goes on. */
  catchUpMembers(showId: string, seq: number): Promise<void>
  /** Ends the presences here that a restored show does not know. */
  endUnknown(showId: string, state: ServerRoomState): void
  /** Sends the members here the newest comments again. Never rejects. */
  repeatComments(showId: string): Promise<void>
}

/**
 * Resumes a show after a restart, or after its home was lost. Returns false when it had ended, and only the stored show
 * did not say so yet. A show that is still planned opens backstage, empty: people who were there come in again.
 */
export async function resumeRoom(
  { room, token, show, playlist }: OpenedRoom,
  { store, homes, presentHere, catchUpMembers, endUnknown, repeatComments }: ResumeRoomParts
): Promise<boolean> {
  const { showId } = room
  await catchUpMembers(showId, room.seq)
  if (room.state.room.status === 'scheduled') {
    if (!liveStatuses.includes(show.status)) {
      endUnknown(showId, room.state)
      homes.findStream(showId)?.publishMoved()
      return true
    }
    await runSystemCommand(room, { type: 'show:start' })
  }
  if (room.state.room.status === 'ended') {
    const end = await store.events.findEnd(showId)
    if (end) await store.shows.markEnded(showId, end.reason, end.at, token)
    return false
  }
  // The stored counts are from before; the members who are connected are counted again.
  const counts = { listenerCount: 0, peakListeners: 0, totalListeners: 0, newcomerIds: [] }
  await store.shows.recordAudience(showId, counts, token)
  const present = [...presentHere(showId), ...(await homes.rollCall(showId, token))]
  await runSystemCommand(room, { type: 'server:restored', present })
  endUnknown(showId, room.state)
  await room.closeUnknownProducers(present)
  // Applies edits that were stored while no room was open.
  const { version, title, description, tags, coverUrl = null, settings } = show
  await runSystemCommand(room, {
    type: 'server:showEdited',
    version,
    title,
    description,
    coverUrl,
    settings,
    ...(tags && { tags })
  })
  await runSystemCommand(room, { type: 'server:playlistEdited', ...playlist })
  homes.findStream(showId)?.publishMoved()
  await repeatComments(showId)
  return true
}

/** Runs a command of the system. Ignores UNAVAILABLE: the command took effect, and its events are stored later. */
async function runSystemCommand(room: LiveRoom, command: Command): Promise<void> {
  await room.command({ kind: 'system' }, command).catch((error: unknown) => {
    if (!(error instanceof CodedError && error.code === 'UNAVAILABLE')) throw error
  })
}
