import fp from 'fastify-plugin'
import { createCalendars, type CalendarFeedDocument, type Calendars } from './calendars/calendars.ts'

declare module 'fastify' {
  interface FastifyInstance {
    calendars: Calendars
  }
}

/** Notifications: tells people about the shows of those whom they follow. */
export default fp(
  async app => {
    const { db, shows, users, follows, suspensions, publicUrl, personalData } = app
    const feeds = db.collection<CalendarFeedDocument>('calendarFeeds')
    const calendars = await createCalendars({ feeds, shows, users, follows, suspensions, publicUrl })
    app.decorate('calendars', calendars)
    personalData.register('calendarFeed', calendars.personalData)
  },
  { name: 'notifications', dependencies: ['mongodb', 'operations', 'privacy', 'http', 'people', 'identity', 'shows'] }
)
