import { createHash } from 'node:crypto'
import ical, { ICalEventStatus } from 'ical-generator'
import type { Show } from '../../../../contract/shows.ts'

/** A calendar feed: text in the format iCalendar, RFC 5545. */
export interface Calendar {
  readonly text: string
  readonly etag: string
}

export interface CalendarTextParts {
  name: string
  shows: readonly Show[]
  /** Of this server, without a trailing slash. */
  publicUrl: string
}

/** A show has no planned end. Its entry has this length. */
const entryMs = 3_600_000
/** Interval at which calendars ask for the feed again, seconds. */
const refreshSeconds = 3600

/** Returns the calendar with the shows that have a time. Equal shows give equal texts. */
export function calendarOf({ name, shows, publicUrl }: CalendarTextParts): Calendar {
  const { host } = new URL(publicUrl)
  const calendar = ical({ name, ttl: refreshSeconds, prodId: { company: 'Ambient', product: 'Shows', language: 'EN' } })
  for (const { id, title, description, creator, startsAt, startedAt, version, createdAt, updatedAt } of shows) {
    const time = startsAt ?? startedAt
    if (time === null) continue
    const start = new Date(time)
    const url = `${publicUrl}/shows/${id}`
    calendar.createEvent({
      id: `${id}@${host}`,
      start,
      end: new Date(start.getTime() + entryMs),
      summary: `${title} (${creator.displayName})`,
      description: description === '' ? url : `${description}\n\n${url}`,
      url,
      sequence: version,
      status: ICalEventStatus.CONFIRMED,
      stamp: new Date(updatedAt),
      created: new Date(createdAt),
      lastModified: new Date(updatedAt)
    })
  }
  const text = calendar.toString()
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"` }
}
