import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { MongoServerError, type Filter, type UpdateFilter } from 'mongodb'
import { CodedError } from '../../contract/errors.ts'
import type { Page } from '../../contract/paging.ts'
import { defaultSettings, type ShowSettings } from '../../contract/settings.ts'
import type { EndReason, Show, ShowDraft, ShowPatch, ShowStatus, ShowsQuery, Visibility } from '../../contract/shows.ts'
import type { Person } from '../../contract/users.ts'
import type { LiveStanding } from './live-shows.ts'
import { opaqueId } from './opaque-id.ts'
import { decodeCursor, encodeCursor } from './show-cursor.ts'

declare module 'fastify' {
  interface FastifyInstance { shows: Shows }
}

interface ShowDocument {
  _id: string
  creatorId: string
  /** The creator while the show is live: unique, so that nobody has two live shows. */
  liveCreatorId?: string
  title: string
  description: string
  status: ShowStatus
  visibility: Visibility
  settings: ShowSettings
  startsAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  endReason: EndReason | null
  listenerCount: number
  peakListeners: number
  totalListeners: number
  version: number
  createdAt: Date
  updatedAt: Date
}

/** What a live room needs to know of its show. */
export interface ShowRecord {
  id: string
  creator: Person
  title: string
  description: string
  settings: ShowSettings
  status: ShowStatus
  visibility: Visibility
}

const duplicateKey = 11000
const liveStatuses: ShowStatus[] = ['live', 'interrupted']

export type Shows = Awaited<ReturnType<typeof createShows>>

/** Shows as they are stored. What happens in one while it is live is its room's business, reached by `liveShows`. */
export async function createShows (app: FastifyInstance) {
  const shows = app.db.collection<ShowDocument>('shows')
  await shows.createIndex({ liveCreatorId: 1 }, { unique: true, sparse: true })
  await shows.createIndex({ createdAt: -1, _id: -1 })
  await shows.createIndex({ creatorId: 1, createdAt: -1, _id: -1 })
  await shows.createIndex({ status: 1, createdAt: -1, _id: -1 })

  async function load (showId: string): Promise<ShowDocument> {
    const document = await shows.findOne({ _id: showId })
    if (!document) throw new CodedError('NOT_FOUND', 'There is no such show.')
    return document
  }

  /** The one guard of a stored show: who may see it, and who may change it. Throws NOT_FOUND, FORBIDDEN. */
  async function loadFor (act: 'see' | 'change', showId: string, userId: string | null): Promise<ShowDocument> {
    const document = await load(showId)
    if (document.creatorId === userId) return document
    if (document.visibility === 'private') throw new CodedError('NOT_FOUND', 'There is no such show.')
    if (act === 'change') throw new CodedError('FORBIDDEN', 'Only the creator may do this.')
    return document
  }

  async function withCreators (documents: readonly ShowDocument[]): Promise<Show[]> {
    const people = await app.users.people(documents.map(({ creatorId }) => creatorId))
    return documents.map(document => toShow(document, personIn(people, document.creatorId), app.liveShows.standing(document._id)))
  }

  async function toRecord (document: ShowDocument): Promise<ShowRecord> {
    const { _id, creatorId, title, description, settings, status, visibility } = document
    const creator = await app.users.findPerson(creatorId) ?? goneCreator(creatorId)
    return { id: _id, creator, title, description, settings, status, visibility }
  }

  async function view (document: ShowDocument): Promise<Show> {
    const [show] = await withCreators([document])
    if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
    return show
  }

  /** Goes live in the store: at most one show of a creator, whoever else tries at the same time. */
  async function claimLive (document: ShowDocument): Promise<ShowDocument> {
    const now = new Date()
    try {
      const live = await shows.findOneAndUpdate(
        { _id: document._id, status: 'scheduled' },
        { $set: { status: 'live', liveCreatorId: document.creatorId, startedAt: now, updatedAt: now }, $inc: { version: 1 } },
        { returnDocument: 'after' })
      if (live) return live
    } catch (error) {
      if (error instanceof MongoServerError && error.code === duplicateKey) throw new CodedError('CONFLICT', 'You have a live show already; end it first.')
      throw error
    }
    const { status } = await load(document._id)
    if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    throw new CodedError('CONFLICT', 'The show is live already.')
  }

  async function giveUpLive (showId: string): Promise<void> {
    await shows.updateOne({ _id: showId, status: 'live' }, { $set: { status: 'scheduled', startedAt: null }, $unset: { liveCreatorId: '' }, $inc: { version: 1 } })
  }

  return {
    async create (creatorId: string, { title, description = '', startsAt = null, visibility = 'public', settings = {} }: ShowDraft): Promise<Show> {
      const now = new Date()
      const document: ShowDocument = {
        _id: opaqueId(),
        creatorId,
        title,
        description,
        status: 'scheduled',
        visibility,
        settings: { ...defaultSettings, ...settings },
        startsAt: startsAt === null ? null : new Date(startsAt),
        startedAt: null,
        endedAt: null,
        endReason: null,
        listenerCount: 0,
        peakListeners: 0,
        totalListeners: 0,
        version: 1,
        createdAt: now,
        updatedAt: now
      }
      await shows.insertOne(document)
      return await view(document)
    },

    /** Public shows, newest first; the caller's own whatever their visibility when they ask for their own. */
    async list ({ limit, cursor, status, creatorId, q }: ShowsQuery, callerId: string | null): Promise<Page<Show>> {
      const conditions: Filter<ShowDocument>[] = []
      if (creatorId === undefined || creatorId !== callerId) conditions.push({ visibility: 'public' })
      if (creatorId !== undefined) conditions.push({ creatorId })
      if (status !== undefined) conditions.push({ status: { $in: status === 'live' ? liveStatuses : [status] } })
      if (q !== undefined) conditions.push({ title: { $regex: escapeRegExp(q), $options: 'i' } })
      if (cursor !== undefined) {
        const { createdAt, id } = decodeCursor(cursor)
        conditions.push({ $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] })
      }
      const found = await shows.find(conditions.length > 0 ? { $and: conditions } : {}).sort({ createdAt: -1, _id: -1 }).limit(limit + 1).toArray()
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        items: await withCreators(page),
        nextCursor: found.length > limit && last ? encodeCursor({ createdAt: last.createdAt, id: last._id }) : null
      }
    },

    /** Throws NOT_FOUND, also for a private show of somebody else's. */
    async get (showId: string, callerId: string | null): Promise<Show> {
      return await view(await loadFor('see', showId, callerId))
    },

    /** Throws NOT_FOUND, also for a private show of somebody else's. */
    async requireVisible (showId: string, callerId: string): Promise<void> {
      await loadFor('see', showId, callerId)
    },

    /** Throws NOT_FOUND, FORBIDDEN, CONFLICT (stale version; a starting time of a show that has begun), SHOW_ENDED. */
    async patch (showId: string, callerId: string, { version, settings, startsAt, ...plain }: ShowPatch): Promise<Show> {
      const before = await loadFor('change', showId, callerId)
      if (before.status === 'ended' && settings !== undefined) throw new CodedError('SHOW_ENDED', 'The show has ended.')
      if (before.status !== 'scheduled' && startsAt !== undefined) throw new CodedError('CONFLICT', 'The show has begun already.')
      if (version !== undefined && version !== before.version) throw new CodedError('CONFLICT', 'The show was changed meanwhile; load it again.')
      const changes: UpdateFilter<ShowDocument> = {
        $set: {
          ...plain,
          ...(settings && { settings: { ...before.settings, ...settings } }),
          ...(startsAt !== undefined && { startsAt: startsAt === null ? null : new Date(startsAt) }),
          updatedAt: new Date()
        },
        $inc: { version: 1 }
      }
      const after = await shows.findOneAndUpdate({ _id: showId, version: before.version }, changes, { returnDocument: 'after' })
      if (!after) throw new CodedError('CONFLICT', 'The show was changed meanwhile; load it again.')
      if (liveStatuses.includes(after.status)) {
        const { title, description, settings: all } = after
        await app.liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:edit', title, description, settings: all })
      }
      return await view(after)
    },

    /** Only before it was live. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
    async remove (showId: string, callerId: string): Promise<void> {
      await loadFor('change', showId, callerId)
      const { deletedCount } = await shows.deleteOne({ _id: showId, status: 'scheduled' })
      if (deletedCount === 0) throw new CodedError('CONFLICT', 'A show that was live stays.')
    },

    /** Throws NOT_FOUND, FORBIDDEN, CONFLICT (live already, or another show of theirs is), SHOW_ENDED, UNAVAILABLE while draining. */
    async start (showId: string, callerId: string): Promise<Show> {
      const document = await loadFor('change', showId, callerId)
      if (app.readiness.isDraining()) throw new CodedError('UNAVAILABLE', 'The server is about to stop; start the show in a moment.')
      const live = await claimLive(document)
      try {
        await app.liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:start' })
      } catch (error) {
        await giveUpLive(showId)
        throw error
      }
      return await view(live)
    },

    /** Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED. */
    async end (showId: string, callerId: string): Promise<Show> {
      const { status } = await loadFor('change', showId, callerId)
      if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended already.')
      await app.liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:end' })
      return await view(await load(showId))
    },

    /** The show as its room sees it; null when there is none. */
    async findRecord (showId: string): Promise<ShowRecord | null> {
      const document = await shows.findOne({ _id: showId })
      return document && await toRecord(document)
    },

    /** Shows that are live or interrupted. */
    async listLive (): Promise<ShowRecord[]> {
      const documents = await shows.find({ status: { $in: liveStatuses } }).toArray()
      return await Promise.all(documents.map(toRecord))
    },

    async markStatus (showId: string, status: 'live' | 'interrupted'): Promise<void> {
      await shows.updateOne({ _id: showId, status: { $in: liveStatuses } }, { $set: { status, updatedAt: new Date() } })
    },

    /** `at` in ms since the epoch. */
    async markEnded (showId: string, reason: EndReason, at: number): Promise<void> {
      const endedAt = new Date(at)
      await shows.updateOne(
        { _id: showId, status: { $in: liveStatuses } },
        { $set: { status: 'ended', endReason: reason, endedAt, updatedAt: endedAt, listenerCount: 0 }, $unset: { liveCreatorId: '' }, $inc: { version: 1 } })
    },

    /** The highest counts stay, also over a restart. */
    async recordAudience (showId: string, { listenerCount, peakListeners, totalListeners }: Pick<ShowDocument, 'listenerCount' | 'peakListeners' | 'totalListeners'>): Promise<void> {
      await shows.updateOne({ _id: showId }, { $set: { listenerCount }, $max: { peakListeners, totalListeners } })
    }
  }
}

function personIn (people: ReadonlyMap<string, Person>, userId: string): Person {
  return people.get(userId) ?? goneCreator(userId)
}

/** Somebody whose account is gone but whose show stays. */
function goneCreator (id: string): Person {
  return { id, displayName: 'Somebody', avatarUrl: null }
}

function escapeRegExp (text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** The show as clients see it; while it is live here, its room knows best how it stands. */
function toShow (document: ShowDocument, creator: Person, standing: LiveStanding | undefined): Show {
  const { _id, title, description, visibility, settings, peakListeners, totalListeners, version } = document
  const { status, listenerCount, end } = standing && standing.status !== 'scheduled' ? standing : { ...document, end: null }
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

export default fp(async app => {
  app.decorate('shows', await createShows(app))
}, { name: 'shows', dependencies: ['mongodb', 'users', 'live-shows', 'readiness'] })
