import type { LiveShows } from '../../plugins/app/shows/live-shows.ts'
import type { SystemCommand } from '../room/commands.ts'
import type { Forwarding, ForwardingParts } from './forwarding.ts'

type StoredEdits = Pick<LiveShows, 'showEdited' | 'backstageEdited' | 'showDeleted' | 'playlistEdited' | 'songRemoved'>

/** Passes edits of stored documents to the homes of their shows. */
export function createStoredEdits({
  locate,
  forwarding
}: Pick<ForwardingParts, 'locate'> & { forwarding: Pick<Forwarding, 'command'> }): StoredEdits {
  /** Tells the home of a show about a stored document. A show without a home reads it when it is opened. */
  async function tellHome(showId: string, command: SystemCommand): Promise<void> {
    const system = { kind: 'system' } as const
    const location = await locate(showId)
    if (!location) return
    if ('room' in location) await location.room.command(system, command)
    else await forwarding.command(showId, system, command)
  }

  return {
    showEdited: async (showId, edit) => await tellHome(showId, { type: 'server:showEdited', ...edit }),
    backstageEdited: async (showId, list) => await tellHome(showId, { type: 'server:backstageEdited', ...list }),
    showDeleted: async showId => await tellHome(showId, { type: 'server:showDeleted' }),
    playlistEdited: async (showId, playlist) => await tellHome(showId, { type: 'server:playlistEdited', ...playlist }),
    songRemoved: async (showId, songId) => await tellHome(showId, { type: 'server:songRemoved', songId })
  }
}
