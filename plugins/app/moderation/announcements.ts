import type { Collection } from 'mongodb'
import {
  maxActiveAnnouncements,
  type AnnouncementDraft,
  type OperatorAnnouncement
} from '../../../contract/announcements.ts'
import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { AnnouncementBoard } from './announcement-board.ts'
import type { AnnouncementDocument } from './announcement-document.ts'
import type { OperatorActions } from './operator-actions.ts'

export interface AnnouncementsParts {
  announcements: Collection<AnnouncementDocument>
  actions: Pick<OperatorActions, 'record'>
  board: Pick<AnnouncementBoard, 'add' | 'end'>
  nowMs(): number
}

export type Announcements = Awaited<ReturnType<typeof createAnnouncements>>

const dayMs = 86_400_000
const maxDurationMs = 30 * dayMs
const slots = Array.from({ length: maxActiveAnnouncements }, (_, slot) => slot)

/** Announcements of the operators to everybody who is connected. Each action is logged before it is carried out. */
export async function createAnnouncements({ announcements, actions, board, nowMs }: AnnouncementsParts) {
  await announcements.createIndex({ slot: 1 }, { unique: true, sparse: true })
  await announcements.createIndex({ createdAt: -1, _id: -1 })

  /** Throws CONFLICT when there are as many active announcements as may be. */
  async function assertRoom(): Promise<void> {
    const active = await announcements.countDocuments({ slot: { $in: slots }, until: { $gt: new Date(nowMs()) } })
    if (active >= maxActiveAnnouncements) throw tooMany()
  }

  /** Stores it in a free slot. Throws CONFLICT when none is free. */
  async function insert(document: AnnouncementDocument): Promise<void> {
    // Those that have run out still have their slots.
    await announcements.updateMany(
      { slot: { $in: slots }, until: { $lte: new Date(nowMs()) } },
      { $unset: { slot: '' } }
    )
    for (const slot of slots) {
      try {
        await announcements.insertOne({ ...document, slot })
        return
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    }
    throw tooMany()
  }

  return {
    /**
     * Makes an announcement. Throws VALIDATION for an `until` that has passed or is too far away, CONFLICT when there
     * are as many active announcements as may be.
     */
    async make(operatorId: string, { text, until }: AnnouncementDraft): Promise<OperatorAnnouncement> {
      const createdAt = new Date(nowMs())
      const document: AnnouncementDocument = {
        _id: opaqueId(),
        text,
        createdAt,
        until: parseUntil(until, createdAt.getTime()),
        endedAt: null
      }
      await assertRoom()
      await actions.record(
        { operatorId, type: 'announcementMade', subjectId: document._id, reason: text },
        async () => await insert(document)
      )
      board.add({ id: document._id, text, until: document.until.getTime() })
      return toAnnouncement(document)
    },

    /** Ends an announcement. One that is over stays as it is. Throws NOT_FOUND. */
    async end(operatorId: string, id: string): Promise<void> {
      const found = await announcements.findOne({ _id: id }, { projection: { text: 1, until: 1, endedAt: 1 } })
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such announcement.')
      if (found.endedAt !== null || found.until.getTime() <= nowMs()) return
      await actions.record({ operatorId, type: 'announcementEnded', subjectId: id, reason: found.text }, async () => {
        await announcements.updateOne(
          { _id: id, endedAt: null },
          { $set: { endedAt: new Date(nowMs()) }, $unset: { slot: '' } }
        )
      })
      board.end(id, found.until.getTime())
    },

    /** All announcements, newest first. Throws VALIDATION for an invalid cursor. */
    async list({ limit, cursor }: PageQuery): Promise<Page<OperatorAnnouncement>> {
      const found = await announcements
        .find(olderThan(cursor))
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: documents.map(toAnnouncement), nextCursor }
    }
  }
}

function parseUntil(text: string, nowMs: number): Date {
  const until = new Date(text)
  const afterMs = until.getTime() - nowMs
  if (Number.isNaN(afterMs)) throw invalidUntil('is not a valid time')
  if (afterMs <= 0) throw invalidUntil('must be in the future')
  if (afterMs > maxDurationMs) throw invalidUntil('must be at most 30 days from now')
  return until
}

function invalidUntil(message: string): CodedError {
  return invalidRequest([{ path: '/until', message }])
}

function tooMany(): CodedError {
  return new CodedError('CONFLICT', `At most ${maxActiveAnnouncements} announcements can be active. End one first.`)
}

function toAnnouncement({ _id, text, createdAt, until, endedAt }: AnnouncementDocument): OperatorAnnouncement {
  return {
    id: _id,
    text,
    createdAt: createdAt.toISOString(),
    until: until.toISOString(),
    endedAt: endedAt?.toISOString() ?? null
  }
}
