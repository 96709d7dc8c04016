import { randomBytes } from 'node:crypto'
import type { Collection } from 'mongodb'
import type { CalendarFeed, CalendarFeedAddress } from '../../../../contract/calendars.ts'
import { CodedError } from '../../../../contract/errors.ts'
import type { Show } from '../../../../contract/shows.ts'
import { hashOf } from '../../identity/one-time-codes.ts'
import type { Suspensions } from '../../identity/suspensions.ts'
import type { Follows } from '../../people/follows.ts'
import type { Users } from '../../people/users.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../../privacy/personal-data.ts'
import type { Shows } from '../../shows/shows.ts'
import { calendarOf, type Calendar } from './calendar-text.ts'

/** The feed of a person, by the person's id. Only the hash of its key is stored. */
export interface CalendarFeedDocument {
  _id: string
  keyHash: string
  createdAt: Date
}

export interface CalendarsParts {
  feeds: Collection<CalendarFeedDocument>
  shows: Pick<Shows, 'list'>
  users: Pick<Users, 'getProfile' | 'findPerson'>
  follows: Pick<Follows, 'followedIds'>
  suspensions: Pick<Suspensions, 'findAmong'>
  publicUrl(): string
}

/** Maximum number of shows in a feed: of those on air, and of those that are planned. */
const maxShows = 100

export type Calendars = Awaited<ReturnType<typeof createCalendars>>

/** Calendar feeds with public shows: one for each creator, and one for a person with the shows they follow. */
export async function createCalendars(parts: CalendarsParts) {
  const { feeds, shows, users, follows, suspensions, publicUrl } = parts
  await feeds.createIndex({ keyHash: 1 }, { unique: true })

  /** Returns public shows on air and to come: those of one creator, or those of some people. */
  async function publicShows(query: { creatorId?: string }, creatorIds?: readonly string[]): Promise<Show[]> {
    const found: Show[] = []
    for (const status of ['live', 'scheduled'] as const) {
      const page = { ...query, limit: maxShows, status }
      found.push(...(await shows.list(page, null, creatorIds)).items)
    }
    return found
  }

  const personalData: PersonalDataKeeper = {
    export: userId =>
      exportedRecords(feeds, { _id: userId }, ({ createdAt }) => ({ createdAt: createdAt.toISOString() })),
    erase: async userId => {
      await feeds.deleteOne({ _id: userId })
    }
  }

  return {
    personalData,

    /** Returns the calendar of a creator. Throws NOT_FOUND. */
    async getOfCreator(creatorId: string): Promise<Calendar> {
      const { displayName } = await users.getProfile(creatorId)
      return calendarOf({ name: displayName, shows: await publicShows({ creatorId }), publicUrl: publicUrl() })
    },

    /** Returns whether a person has a feed, without its address. */
    async get(userId: string): Promise<CalendarFeed> {
      const feed = await feeds.findOne({ _id: userId })
      return { createdAt: feed?.createdAt.toISOString() ?? null }
    },

    /** Makes the feed of a person. An address that they had stops working. */
    async create(userId: string): Promise<CalendarFeedAddress> {
      const key = randomBytes(32).toString('base64url')
      const createdAt = new Date()
      await feeds.updateOne({ _id: userId }, { $set: { keyHash: hashOf(key), createdAt } }, { upsert: true })
      return {
        url: `${publicUrl()}/v1/users/me/calendar.ics?key=${key}`,
        createdAt: createdAt.toISOString()
      }
    },

    /** Revokes the feed of a person. Safe to repeat. */
    async remove(userId: string): Promise<void> {
      await feeds.deleteOne({ _id: userId })
    },

    /** Returns the calendar with the shows of the people whom the owner of a feed follows. Throws NOT_FOUND. */
    async getByKey(key: string): Promise<Calendar> {
      const feed = await feeds.findOne({ keyHash: hashOf(key) })
      const owner = feed && (await users.findPerson(feed._id))
      if (!owner || (await suspensions.findAmong([owner.id])).size > 0) {
        throw new CodedError('NOT_FOUND', 'There is no such calendar.')
      }
      const followed = await publicShows({}, await follows.followedIds(owner.id))
      return calendarOf({ name: 'Shows you follow', shows: followed, publicUrl: publicUrl() })
    }
  }
}
