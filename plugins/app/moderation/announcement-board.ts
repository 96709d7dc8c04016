import type { Collection } from 'mongodb'
import type { FastifyBaseLogger } from 'fastify'
import { Type, type Static } from 'typebox'
import { maxActiveAnnouncements } from '../../../contract/announcements.ts'
import { Exactly, Id, TimeMs } from '../../../contract/primitives.ts'
import type { ClusterFeed } from '../operations/cluster-feed.ts'
import type { AnnouncementDocument } from './announcement-document.ts'

/** An active announcement as this node knows it. `until` is ms since the epoch. */
const ActiveAnnouncement = Exactly({ id: Id, text: Type.String({ maxLength: 10_000 }), until: TimeMs })
export type ActiveAnnouncement = Static<typeof ActiveAnnouncement>
const EndedAnnouncement = Exactly({ id: Id, until: TimeMs })

/** Told in the turn in which the board changes. `realtime/` implements it. */
export interface AnnouncementListener {
  onAdded(announcement: ActiveAnnouncement): void
  onEnded(id: string): void
}

export interface AnnouncementBoardParts {
  announcements: Pick<Collection<AnnouncementDocument>, 'find'>
  feed: ClusterFeed
  logger: Pick<FastifyBaseLogger, 'warn'>
  nowMs(): number
}

export type AnnouncementBoard = ReturnType<typeof createAnnouncementBoard>

/** A board that was read within this time is not read again for a request. */
export const boardMaxAgeMs = 30_000
/** Maximum number of reads of one refresh: each starts again when the board has changed meanwhile. */
const maxReads = 3

/**
 * The active announcements in the memory of this node. Other nodes send their changes through the feed; `refresh` finds
 * those that were lost on the way.
 */
export function createAnnouncementBoard({ announcements, feed, logger, nowMs }: AnnouncementBoardParts) {
  /** By id, oldest first. */
  const active = new Map<string, ActiveAnnouncement>()
  /** Times until which ended announcements would have been shown, by id: a read from before may still find them. */
  const ended = new Map<string, number>()
  let listener: AnnouncementListener | undefined
  let changes = 0
  let readAtMs = -Infinity
  let refreshing: Promise<void> | undefined

  function dropExpired(): void {
    for (const { id, until } of active.values()) if (until <= nowMs()) active.delete(id)
    for (const [id, until] of ended) if (until <= nowMs()) ended.delete(id)
  }

  function put(announcement: ActiveAnnouncement): void {
    dropExpired()
    const { id, until } = announcement
    if (active.has(id) || ended.has(id) || until <= nowMs()) return
    active.set(id, announcement)
    changes++
    listener?.onAdded(announcement)
  }

  function remove(id: string, until: number): void {
    dropExpired()
    if (until > nowMs()) ended.set(id, until)
    changes++
    if (active.delete(id)) listener?.onEnded(id)
  }

  async function read(): Promise<ActiveAnnouncement[]> {
    const found = await announcements
      .find({ slot: { $gte: 0 }, until: { $gt: new Date(nowMs()) } })
      .sort({ slot: 1 })
      .limit(maxActiveAnnouncements)
      .toArray()
    return found
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
      .map(({ _id, text, until }) => ({ id: _id, text, until: until.getTime() }))
  }

  async function readAndApply(): Promise<void> {
    for (let reads = 0; reads < maxReads; reads++) {
      const before = changes
      const stored = await read()
      // The board changed meanwhile, so it is newer than the read.
      if (changes !== before) continue
      const storedIds = new Set(stored.map(({ id }) => id))
      dropExpired()
      for (const { id, until } of [...active.values()]) if (!storedIds.has(id)) remove(id, until)
      for (const announcement of stored) put(announcement)
      readAtMs = performance.now()
      return
    }
  }

  /** Reads the store once, also when several ask at the same time. Throws when the store is unavailable. */
  async function refresh(): Promise<void> {
    refreshing ??= readAndApply().finally(() => {
      refreshing = undefined
    })
    await refreshing
  }

  feed.on('announcement', ActiveAnnouncement, put)
  feed.on('announcement:ended', EndedAnnouncement, ({ id, until }) => remove(id, until))

  return {
    /** Binds the receiver of changes. Called once. */
    bind(bound: AnnouncementListener): void {
      listener = bound
    },

    /** Adds an announcement here and on the other nodes. */
    add(announcement: ActiveAnnouncement): void {
      feed.publish('announcement', announcement)
      put(announcement)
    },

    /** Removes an announcement here and on the other nodes. `until` is when it would have been over. */
    end(id: string, until: number): void {
      feed.publish('announcement:ended', { id, until })
      remove(id, until)
    },

    /** The active announcements that this node knows, oldest first. */
    known(): ActiveAnnouncement[] {
      dropExpired()
      return [...active.values()]
    },

    refresh,

    /** As `known`, at most `boardMaxAgeMs` old unless the store is unavailable. */
    async current(): Promise<ActiveAnnouncement[]> {
      if (performance.now() - readAtMs > boardMaxAgeMs) {
        await refresh().catch((err: unknown) => logger.warn({ err }, 'announcements not read'))
      }
      return this.known()
    }
  }
}
