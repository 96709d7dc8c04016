import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Visibility } from '../../../contract/shows.ts'
import type { Admissions } from './admissions.ts'
import type { ShowDocument } from './document.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowEvents } from './show-events.ts'

/** An action on a stored show: to see it, to change or run it, or to moderate others in it. */
export type ShowAct = 'see' | 'change' | 'moderate'

/** Role of a person in a show. `admitted`: accepted an invitation, or is a member now. */
type ShowRole = 'creator' | 'cohost' | 'admitted' | 'other'

/**
 * Permissions on a stored show. A ban does not count here: it closes the room to a person, not the page of the show.
 */
const permissions: Record<ShowAct, (role: ShowRole, visibility: Visibility) => boolean> = {
  see: (role, visibility) => visibility !== 'private' || role !== 'other',
  moderate: role => role === 'creator' || role === 'cohost',
  change: role => role === 'creator'
}

export interface ShowGuardParts {
  shows: Collection<ShowDocument>
  admissions: Admissions
  liveShows: Pick<LiveShows, 'findPlace'>
  showEvents: Pick<ShowEvents, 'cohostIds'>
}

export type ShowGuard = ReturnType<typeof createShowGuard>

/** Authorizes access to stored shows. */
export function createShowGuard({ shows, admissions, liveShows, showEvents }: ShowGuardParts) {
  async function get(showId: string): Promise<ShowDocument> {
    const document = await shows.findOne({ _id: showId })
    if (!document) throw noSuchShow()
    return document
  }

  /** Returns a person's role according to the live room. Without a room, reads the stored events and admissions. */
  async function readRole({ _id: showId, creatorId, status }: ShowDocument, userId: string | null): Promise<ShowRole> {
    if (userId === null) return 'other'
    if (userId === creatorId) return 'creator'
    const place = liveShows.findPlace(showId, userId)
    if (place === 'host') return 'cohost'
    if (place === 'inside') return 'admitted'
    if (place === undefined && status !== 'scheduled' && (await showEvents.cohostIds(showId)).has(userId)) {
      return 'cohost'
    }
    return (await admissions.has(showId, userId)) ? 'admitted' : 'other'
  }

  return {
    admissions,

    /** Returns a show without checking permissions. Throws NOT_FOUND. */
    get,

    /** Revokes a person's admissions to the shows of a creator. Safe to repeat. */
    async revokeAdmissions(creatorId: string, userId: string): Promise<void> {
      const admittedTo: string[] = []
      for await (const { showId } of admissions.ofPerson(userId)) admittedTo.push(showId)
      const showsOfCreator = await shows
        .find({ _id: { $in: admittedTo }, creatorId }, { projection: { _id: 1 } })
        .toArray()
      await admissions.remove(
        showsOfCreator.map(({ _id }) => _id),
        userId
      )
    },

    /**
     * Returns a show if the person may do this with it. Throws FORBIDDEN, and NOT_FOUND also when the person may not
     * see the show.
     */
    async authorize(act: ShowAct, showId: string, userId: string | null): Promise<ShowDocument> {
      const document = await get(showId)
      if (permissions[act]('other', document.visibility)) return document
      const role = await readRole(document, userId)
      if (!permissions.see(role, document.visibility)) throw noSuchShow()
      if (permissions[act](role, document.visibility)) return document
      throw new CodedError(
        'FORBIDDEN',
        act === 'change' ? 'Only the creator may do this.' : 'Only the creator and co-hosts may do this.'
      )
    }
  }
}

function noSuchShow(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such show.')
}
