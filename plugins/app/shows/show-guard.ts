import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Visibility } from '../../../contract/shows.ts'
import { createAdmissions } from './admissions.ts'
import type { ShowDocument } from './document.ts'

declare module 'fastify' {
  interface FastifyInstance {
    showGuard: ShowGuard
  }
}

/** What somebody wants of a stored show: look at it, change or run it, or decide about what others do in it. */
export type ShowAct = 'see' | 'change' | 'moderate'

/** What somebody is to a show. `inside`: let in by an invitation, or in it now. */
type Standing = 'creator' | 'cohost' | 'inside' | 'anybody'

/** The one table of who may do what with a stored show. A ban closes the room, not the page: it is no rule here. */
const table: Record<ShowAct, (standing: Standing, visibility: Visibility) => boolean> = {
  see: (standing, visibility) => visibility !== 'private' || standing !== 'anybody',
  moderate: standing => standing === 'creator' || standing === 'cohost',
  change: standing => standing === 'creator'
}

export type ShowGuard = Awaited<ReturnType<typeof createShowGuard>>

/** Stands before every stored show. */
export async function createShowGuard({
  db,
  liveShows,
  showEvents
}: Pick<FastifyInstance, 'db' | 'liveShows' | 'showEvents'>) {
  const shows = db.collection<ShowDocument>('shows')
  const admissions = await createAdmissions(db)

  async function load(showId: string): Promise<ShowDocument> {
    const document = await shows.findOne({ _id: showId })
    if (!document) throw missing()
    return document
  }

  /** The room knows best who is in it and who hosts; when there is none, its stored events do. */
  async function standingOf(
    { _id: showId, creatorId, status }: ShowDocument,
    userId: string | null
  ): Promise<Standing> {
    if (userId === null) return 'anybody'
    if (userId === creatorId) return 'creator'
    const place = liveShows.placeOf(showId, userId)
    if (place === 'host') return 'cohost'
    if (place === 'inside') return 'inside'
    if (place === undefined && status !== 'scheduled' && (await showEvents.cohostIds(showId)).has(userId)) {
      return 'cohost'
    }
    return (await admissions.has(showId, userId)) ? 'inside' : 'anybody'
  }

  return {
    admissions,

    /** The show, whoever asks. Throws NOT_FOUND. */
    load,

    /** Takes back that somebody was let into shows of this creator. Safe to repeat. */
    async shutOut(creatorId: string, userId: string): Promise<void> {
      const admittedTo: string[] = []
      for await (const { showId } of admissions.ofPerson(userId)) admittedTo.push(showId)
      const theirs = await shows.find({ _id: { $in: admittedTo }, creatorId }, { projection: { _id: 1 } }).toArray()
      await admissions.remove(
        theirs.map(({ _id }) => _id),
        userId
      )
    },

    /** The show, for who may do this with it. Throws NOT_FOUND, also for who may not even see it, and FORBIDDEN. */
    async require(act: ShowAct, showId: string, userId: string | null): Promise<ShowDocument> {
      const document = await load(showId)
      if (table[act]('anybody', document.visibility)) return document
      const standing = await standingOf(document, userId)
      if (!table.see(standing, document.visibility)) throw missing()
      if (table[act](standing, document.visibility)) return document
      throw new CodedError(
        'FORBIDDEN',
        act === 'change' ? 'Only the creator may do this.' : 'Only the creator and co-hosts may do this.'
      )
    }
  }
}

function missing(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such show.')
}

export default fp(
  async app => {
    const showGuard = await createShowGuard(app)
    app.decorate('showGuard', showGuard)
    app.showData.register('showAdmissions', showGuard.admissions.removeOfShow)
  },
  { name: 'show-guard', dependencies: ['mongodb', 'live-shows', 'show-events', 'show-data'] }
)
