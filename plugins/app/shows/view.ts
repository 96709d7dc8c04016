import type { FastifyInstance } from 'fastify'
import type { ShowSettings } from '../../../contract/settings.ts'
import type { Show, ShowStatus, Visibility } from '../../../contract/shows.ts'
import type { Person } from '../../../contract/users.ts'
import type { LiveStanding } from './live-shows.ts'
import type { ShowDocument } from './document.ts'
import { personIn, somebody } from './somebody.ts'

/** What a live room needs to know of its show. */
export interface ShowRecord {
  id: string
  creator: Person
  title: string
  description: string
  settings: ShowSettings
  status: ShowStatus
  visibility: Visibility
  version: number
}

export type ShowViews = ReturnType<typeof createShowViews>

/** Stored shows as others see them. */
export function createShowViews(app: Pick<FastifyInstance, 'users' | 'liveShows'>) {
  async function toShows(documents: readonly ShowDocument[]): Promise<Show[]> {
    const people = await app.users.people(documents.map(({ creatorId }) => creatorId))
    return documents.map(document =>
      toShow(document, personIn(people, document.creatorId), app.liveShows.standing(document._id))
    )
  }

  return {
    toShows,

    /** As clients see it. */
    async toShow(document: ShowDocument): Promise<Show> {
      const creator = (await app.users.findPerson(document.creatorId)) ?? somebody(document.creatorId)
      return toShow(document, creator, app.liveShows.standing(document._id))
    },

    /** As its room sees it. */
    async toRecord(document: ShowDocument): Promise<ShowRecord> {
      const { _id, creatorId, title, description, settings, status, visibility, version } = document
      const creator = (await app.users.findPerson(creatorId)) ?? somebody(creatorId)
      return { id: _id, creator, title, description, settings, status, visibility, version }
    }
  }
}

/** While a show is live here, its room knows best how it stands. */
function toShow(document: ShowDocument, creator: Person, standing: LiveStanding | undefined): Show {
  const { _id, title, description, visibility, settings, peakListeners, totalListeners, version } = document
  const { status, listenerCount, end } =
    standing && standing.status !== 'scheduled' ? standing : { ...document, end: null }
  const endedAt = end ? new Date(end.at) : document.endedAt
  return {
    id: _id,
    creator,
    title,
    description,
    status,
    visibility,
    settings,
    startsAt: document.startsAt?.toISOString() ?? null,
    startedAt: document.startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    endReason: end?.reason ?? document.endReason,
    listenerCount,
    peakListeners: Math.max(peakListeners, listenerCount),
    totalListeners: Math.max(totalListeners, listenerCount),
    version,
    createdAt: document.createdAt.toISOString(),
    updatedAt: document.updatedAt.toISOString()
  }
}
