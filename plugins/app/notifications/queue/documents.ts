import type { Collection, Db } from 'mongodb'

/**
 * An event of a show that people are told about. `started` is for followers; `soon`, some minutes before the planned
 * time, and `due`, at the start, are for those who asked to be reminded.
 */
export type OccasionKind = 'started' | 'soon' | 'due'

/** Content of a message. Followers and those who asked to be reminded get the same one at the start. */
export type MessageKind = 'started' | 'soon'

/** A way in which people are told. */
export type ChannelName = 'push' | 'email'

/** Something happens with a show, of which people are told. The id is of show and kind: it happens once. */
export interface OccasionDocument {
  _id: string
  showId: string
  creatorId: string
  kind: OccasionKind
  at: Date
  round?: number
  /** The people before it have their messages in the queue. */
  cursor: string | null
  /** The time of the next step; the end of a lease while a node works on it. Missing when all are told. */
  nextAt?: Date
  createdAt: Date
}

/** The last show of a creator of which followers were told. The id is the creator's. */
export interface AnnouncementDocument {
  _id: string
  showId: string
  at: Date
}

/** Reason for which a person was not told. */
export type DropReason = 'late' | 'over' | 'hidden' | 'unfollowed' | 'barred' | 'unwanted' | 'present' | 'noAddress'

/** A message to one person. The id is of show, kind, channel and person: nobody gets a second one. */
export interface MessageDocument {
  _id: string
  userId: string
  showId: string
  creatorId: string
  kind: MessageKind
  channel: ChannelName
  /** The message says nothing that is still true after this time. */
  expiresAt: Date
  attempts: number
  /** Addresses of the person that have the message. */
  sentTo: string[]
  /** The time of the next attempt; the end of a lease while a node works on it. Missing when it is done. */
  nextAt?: Date
  outcome?: 'sent' | 'failed' | DropReason
  createdAt: Date
}

export interface QueueTables {
  occasions: Collection<OccasionDocument>
  announcements: Collection<AnnouncementDocument>
  messages: Collection<MessageDocument>
}

/** Opens the collections of the queue. */
export async function openQueueTables(db: Db): Promise<QueueTables> {
  const occasions = db.collection<OccasionDocument>('notificationOccasions')
  const announcements = db.collection<AnnouncementDocument>('notificationAnnouncements')
  const messages = db.collection<MessageDocument>('notificationMessages')
  await occasions.createIndex({ nextAt: 1 })
  await occasions.createIndex({ createdAt: 1 })
  await occasions.createIndex({ showId: 1 })
  await announcements.createIndex({ at: 1 })
  await messages.createIndex({ channel: 1, nextAt: 1 })
  await messages.createIndex({ createdAt: 1 })
  await messages.createIndex({ userId: 1 })
  await messages.createIndex({ showId: 1 })
  return { occasions, announcements, messages }
}
