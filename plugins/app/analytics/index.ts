import fp from 'fastify-plugin'
import { createCreatorAudience } from './creator-audience.ts'
import { createFinishing } from './finishing.ts'
import { createAnalytics, type Analytics } from './show-analytics.ts'
import { createResults } from './results.ts'
import { createStoredAnalytics } from './stored-analytics.ts'

declare module 'fastify' {
  interface FastifyInstance {
    analytics: Analytics
  }
}

const finishEveryMs = 60_000

/** Analytics: the numbers of shows for their creators. */
export default fp(
  async app => {
    const { db, records, pseudonymOf, eventLog, audienceLog, shows, showGuard, liveShows, users, follows, comments } =
      app
    const stored = await createStoredAnalytics(records)
    const audience = await createCreatorAudience(db, pseudonymOf)
    const logger = app.log.child({ part: 'analytics' })
    const nowMs = Date.now
    const { findStarted } = shows
    const results = createResults({ eventLog, audienceLog, stored, audience, findStarted, users, nowMs })
    const finishing = createFinishing({ results, stored, shows, logger, nowMs })
    const analytics = createAnalytics({
      eventLog,
      audienceLog,
      stored,
      audience,
      finishing,
      shows,
      showGuard,
      liveShows,
      users,
      follows,
      comments,
      nowMs
    })
    app.decorate('analytics', analytics)
    app.transcripts.talkFrom(analytics.talkOf)

    audienceLog.onUnlinked(audience.unlink)
    app.personalData.register('showAnalytics', stored.personalData)
    app.personalData.register('creatorAudience', audience.personalData)
    app.showData.register('showAnalytics', async showId => {
      analytics.forget(showId)
      await stored.removeOfShow(showId)
    })
    app.maintenance.every('store analytics of ended shows', finishEveryMs, analytics.finishEnded)
  },
  {
    name: 'analytics',
    dependencies: ['mongodb', 'records', 'operations', 'privacy', 'people', 'shows', 'comments', 'transcripts']
  }
)
