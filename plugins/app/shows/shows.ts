import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Show } from '../../../contract/shows.ts'
import type { AudienceCounts } from './audience-counts.ts'
import { removeBlockedPerson } from './blocked-person.ts'
import { createCatalogue } from './catalogue.ts'
import { createDeletion } from './deletion.ts'
import { liveStatuses, type ShowDocument } from './document.ts'
import { createEditing } from './editing.ts'
import { createLifecycle } from './lifecycle.ts'
import { keepShows, keepVisitors } from './personal-data.ts'
import { createShowViews, type ShowRecord } from './view.ts'
import { createVisitors } from './visitors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    shows: Shows
  }
}

export type Shows = Awaited<ReturnType<typeof createShows>>

/** Shows as they are stored. What happens in one while it is live is its room's business, reached by `liveShows`. */
export async function createShows(app: FastifyInstance) {
  const { db, liveShows, showGuard: guard } = app
  const nowMs = () => Date.now()
  const shows = db.collection<ShowDocument>('shows')
  const views = createShowViews(app)
  const visitors = await createVisitors(db)
  await shows.createIndex({ status: 1 })
  const { remove, removeAllOf } = createDeletion({ shows, guard, showData: app.showData })
  app.personalData.register('shows', keepShows(shows, removeAllOf))
  app.showData.register('showVisitors', visitors.removeOfShow)
  app.personalData.register('showVisitors', keepVisitors(visitors))

  return {
    ...(await createCatalogue({ shows, views, nowMs })),
    ...createEditing({ shows, guard, views, liveShows, maxSpeakers: app.config.LIMIT_STAGE, nowMs }),
    ...(await createLifecycle({ shows, guard, views, liveShows, isDraining: () => app.readiness.isDraining() })),
    remove,

    /** Throws NOT_FOUND, also for a private show for who was not let in. */
    async get(showId: string, callerId: string | null): Promise<Show> {
      return await views.toShow(await guard.require('see', showId, callerId))
    },

    /** Throws NOT_FOUND, also for a private show for who was not let in. */
    async requireVisible(showId: string, callerId: string | null): Promise<void> {
      await guard.require('see', showId, callerId)
    },

    /** The show as its room sees it; null when there is none. */
    async findRecord(showId: string): Promise<ShowRecord | null> {
      const document = await shows.findOne({ _id: showId })
      return document && (await views.toRecord(document))
    },

    /** The shows somebody made, whatever became of them, oldest first. */
    async *idsOf(creatorId: string): AsyncIterable<string> {
      for await (const { _id } of shows.find({ creatorId }, { projection: { _id: 1 } }).sort({ createdAt: 1 })) {
        yield _id
      }
    },

    /** Shows that are live or interrupted. */
    async listLive(): Promise<ShowRecord[]> {
      const documents = await shows.find({ status: { $in: liveStatuses } }).toArray()
      return await Promise.all(documents.map(views.toRecord))
    },

    /** The highest counts stay, also over a restart. May be repeated. */
    async recordAudience(
      showId: string,
      { newcomerIds, listenerCount, peakListeners, totalListeners }: AudienceCounts
    ): Promise<void> {
      await visitors.add(showId, newcomerIds)
      await shows.updateOne({ _id: showId }, { $set: { listenerCount }, $max: { peakListeners, totalListeners } })
    },

    /** Everybody who has ever listened to it. */
    visitorIds: visitors.ids
  }
}

export default fp(
  async app => {
    const shows = await createShows(app)
    app.decorate('shows', shows)
    const findLiveShowId = async (creatorId: string): Promise<string | undefined> =>
      (await shows.list({ limit: 1, status: 'live', creatorId }, creatorId)).items[0]?.id
    app.blocks.onBlocked(removeBlockedPerson({ findLiveShowId, liveShows: app.liveShows }))
    // After the person was signed out, so that they can't join again.
    app.erasure.prepareBy(async userId => await app.liveShows.forgetPerson(userId))
  },
  {
    name: 'shows',
    dependencies: ['mongodb', 'people', 'identity', 'live-shows', 'operations', 'show-guard', 'privacy', 'show-data']
  }
)
