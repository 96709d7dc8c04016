import type { ShowSettings } from '../../../contract/settings.ts'
import type { Show, ShowStatus, Visibility } from '../../../contract/shows.ts'
import type { Person } from '../../../contract/users.ts'
import type { Users } from '../people/users.ts'
import { roomListOf, type ShowDocument } from './document.ts'
import type { BackstageList, LiveShows, LiveStatus, ShowEdit } from './live-shows.ts'
import { personIn, unknownPerson } from './unknown-person.ts'

/** A stored show as its live room uses it. */
export interface ShowRecord {
  id: string
  creator: Person
  title: string
  description: string
  tags: readonly string[]
  coverUrl?: string
  settings: ShowSettings
  status: ShowStatus
  visibility: Visibility
  version: number
  backstage?: BackstageList
}

export interface ShowViewParts {
  users: Pick<Users, 'findPerson' | 'people'>
  liveShows: Pick<LiveShows, 'findStatus'>
}

/** Returns the ids of those of these shows whose replays are published. */
export type ReplayFinder = (showIds: readonly string[]) => Promise<ReadonlySet<string>>

export type ShowViews = ReturnType<typeof createShowViews>

/** Turns stored shows into the forms that clients and live rooms use. */
export function createShowViews({ users, liveShows }: ShowViewParts) {
  async function findCreator(creatorId: string): Promise<Person> {
    return (await users.findPerson(creatorId)) ?? unknownPerson(creatorId)
  }

  let findReplayed: ReplayFinder = async () => new Set()

  /** Marks the ended shows that have a published replay. Asks once for all of them. */
  async function withReplays(found: readonly Show[]): Promise<Show[]> {
    const endedIds = found.filter(({ status }) => status === 'ended').map(({ id }) => id)
    const replayed = endedIds.length > 0 ? await findReplayed(endedIds) : new Set()
    return found.map(show => (replayed.has(show.id) ? { ...show, hasReplay: true } : show))
  }

  return {
    /** Takes the function that knows the published replays. Without it no show is marked. */
    findReplaysBy(finder: ReplayFinder): void {
      findReplayed = finder
    },

    /** Returns shows as clients see them. Asks once for all creators. */
    async toShows(documents: readonly ShowDocument[]): Promise<Show[]> {
      const people = await users.people(documents.map(({ creatorId }) => creatorId))
      return await withReplays(
        documents.map(document =>
          toShow(document, personIn(people, document.creatorId), liveShows.findStatus(document._id))
        )
      )
    },

    /** Returns a show as clients see it. */
    async toShow(document: ShowDocument): Promise<Show> {
      const show = toShow(document, await findCreator(document.creatorId), liveShows.findStatus(document._id))
      return (await withReplays([show]))[0] ?? show
    },

    /** Returns a show as its live room uses it. */
    async toRecord(document: ShowDocument): Promise<ShowRecord> {
      const {
        _id,
        creatorId,
        backstage,
        title,
        description,
        tags = [],
        settings,
        status,
        visibility,
        version
      } = document
      const creator = await findCreator(creatorId)
      const invited = backstage && { backstage: roomListOf(backstage) }
      const cover = coverOf(document)
      return { id: _id, creator, title, description, tags, ...cover, settings, status, visibility, version, ...invited }
    }
  }
}

/** Returns what a live room learns of an edited show. */
export function showEditOf({ version, title, description, tags = [], coverUrl, settings }: ShowDocument): ShowEdit {
  return { version, title, description, tags, coverUrl: coverUrl ?? null, settings }
}

const coverOf = ({ coverUrl }: ShowDocument) => (coverUrl === undefined ? {} : { coverUrl })

/** Uses the status of the live room, which the store learns a moment later. */
function toShow(document: ShowDocument, creator: Person, live: LiveStatus | undefined): Show {
  const { _id, title, description, tags = [], visibility, settings, peakListeners, totalListeners, version } = document
  const { status, listenerCount, end } = live && live.status !== 'scheduled' ? live : { ...document, end: null }
  const endedAt = end ? new Date(end.at) : document.endedAt
  return {
    id: _id,
    creator,
    title,
    description,
    tags,
    ...coverOf(document),
    ...(document.series && { series: document.series }),
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
