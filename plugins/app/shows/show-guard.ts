import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Visibility } from '../../../contract/shows.ts'
import { slicesOf } from '../documents/slices.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Admissions } from './admissions.ts'
import type { ShowDocument } from './document.ts'
import type { LiveShows } from './live-shows.ts'
import type { RoleRevocations } from './role-revocations.ts'
import type { ShowEvents } from './show-events.ts'

/** An action on a stored show: to see it, to change or run it, or to moderate others in it. */
export type ShowAct = 'see' | 'change' | 'moderate'

/** Role of a person in a show. `admitted`: accepted an invitation, is invited backstage, or is a member now. */
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
  revocations: Pick<RoleRevocations, 'add' | 'isRevokedSince'>
  blocks: Pick<Blocks, 'has'>
  liveShows: Pick<LiveShows, 'findPlace'>
  showEvents: Pick<ShowEvents, 'cohostSince'>
}

export type ShowGuard = ReturnType<typeof createShowGuard>

/** Authorizes access to stored shows. */
export function createShowGuard(parts: ShowGuardParts) {
  const { shows, admissions, revocations, blocks, liveShows, showEvents } = parts

  async function get(showId: string): Promise<ShowDocument> {
    const document = await shows.findOne({ _id: showId })
    if (!document) throw noSuchShow()
    return document
  }

  /** Whether a person is a co-host of a show without a room here, according to its stored events. */
  async function isStoredCohost({ _id: showId, creatorId }: ShowDocument, userId: string): Promise<boolean> {
    const since = await showEvents.cohostSince(showId, userId)
    return since !== undefined && !(await revocations.isRevokedSince(creatorId, userId, since))
  }

  /**
   * Returns a person's role according to the live room. Without a room, reads the stored events and admissions. A
   * person whom the creator blocks has no role, whatever the room or the store still says.
   */
  async function readRole(show: ShowDocument, userId: string | null): Promise<ShowRole> {
    const { _id: showId, creatorId } = show
    if (userId === null) return 'other'
    if (userId === creatorId) return 'creator'
    if (await blocks.has(creatorId, userId)) return 'other'
    const place = await liveShows.findPlace(showId, userId)
    if (place === 'host') return 'cohost'
    if (place === 'inside') return 'admitted'
    if (place === undefined && (await isStoredCohost(show, userId))) return 'cohost'
    if (show.backstage?.guests.some(guest => guest.userId === userId)) return 'admitted'
    return (await admissions.has(showId, userId)) ? 'admitted' : 'other'
  }

  /** Returns a stored show if the person may do this with it. Throws FORBIDDEN, NOT_FOUND. */
  async function authorizeFound(act: ShowAct, document: ShowDocument, userId: string | null): Promise<ShowDocument> {
    if (permissions[act]('other', document.visibility)) return document
    const role = await readRole(document, userId)
    if (!permissions.see(role, document.visibility)) throw noSuchShow()
    if (permissions[act](role, document.visibility)) return document
    throw new CodedError(
      'FORBIDDEN',
      act === 'change' ? 'Only the creator may do this.' : 'Only the creator and co-hosts may do this.'
    )
  }

  return {
    admissions,

    /** Returns a show without checking permissions. Throws NOT_FOUND. */
    get,

    /** Revokes a person's roles in the shows of a creator and their admissions to them. Safe to repeat. */
    async revokeRoles(creatorId: string, userId: string): Promise<void> {
      await revocations.add(creatorId, userId)
      const admittedTo: string[] = []
      for await (const { showId } of admissions.ofPerson(userId)) admittedTo.push(showId)
      for (const slice of slicesOf(admittedTo)) {
        const filter = { _id: { $in: slice }, creatorId }
        const showsOfCreator = await shows.find(filter, { projection: { _id: 1 } }).toArray()
        await admissions.remove(
          showsOfCreator.map(({ _id }) => _id),
          userId
        )
      }
    },

    /**
     * Returns a show if the person may do this with it. Throws FORBIDDEN, and NOT_FOUND also when the person may not
     * see the show.
     */
    async authorize(act: ShowAct, showId: string, userId: string | null): Promise<ShowDocument> {
      return await authorizeFound(act, await get(showId), userId)
    },

    /** Whether a person is the creator or a co-host of a show. */
    async isHost(show: ShowDocument, userId: string | null): Promise<boolean> {
      return permissions.moderate(await readRole(show, userId), show.visibility)
    },

    /**
     * Returns those of these shows that the person may see, in one command. Only private shows cost more, to read the
     * role of the person.
     */
    async visibleAmong(showIds: readonly string[], userId: string | null): Promise<ShowDocument[]> {
      const found = await shows.find({ _id: { $in: [...new Set(showIds)] } }).toArray()
      const visible = await Promise.all(
        found.map(document =>
          authorizeFound('see', document, userId).catch((error: unknown) => {
            if (error instanceof CodedError && error.code === 'NOT_FOUND') return null
            throw error
          })
        )
      )
      return visible.filter(document => document !== null)
    }
  }
}

function noSuchShow(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such show.')
}
