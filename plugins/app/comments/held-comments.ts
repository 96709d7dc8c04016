import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { maxHeldComments, type HeldComment } from '../../../contract/held-comments.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { deleteInSlices } from '../documents/slices.ts'
import { createPersonPairs, type PersonPair } from '../people/person-pairs.ts'
import type { Users } from '../people/users.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { CommentKey } from './document.ts'

/** A comment that waits for the hosts of a live show. Nothing of it is in the log of the show. */
export interface HeldCommentDocument {
  _id: string
  showId: string
  authorId: string
  clientId: string
  text: string
  replyTo?: string
  /** The people whom its author means. */
  mentions?: readonly string[]
  sentAt: Date
}

/** Held comments that nobody answered are removed after this time. */
const maxHeldMs = 24 * 3_600_000

export interface HeldCommentsParts {
  held: Collection<HeldCommentDocument>
  /** From creators to the people whose first comment was approved in one of their shows. */
  trusted: Collection<PersonPair>
  users: Pick<Users, 'people'>
}

export type HeldComments = Awaited<ReturnType<typeof createHeldComments>>

/** First comments that wait until a host publishes them, and the people who need not wait any more. */
export async function createHeldComments({ held, trusted, users }: HeldCommentsParts) {
  const trust = await createPersonPairs(trusted)
  await held.createIndex({ showId: 1, authorId: 1 }, { unique: true })
  await held.createIndex({ authorId: 1 })
  await held.createIndex({ sentAt: 1 })

  const findOf = async (showId: string, authorId: string): Promise<HeldCommentDocument | null> =>
    await held.findOne({ showId, authorId })

  /** Returns these comments as clients get them, without those of erased accounts. */
  async function shown(documents: readonly HeldCommentDocument[]): Promise<HeldComment[]> {
    const people = await users.people(documents.map(({ authorId }) => authorId))
    return documents.flatMap(({ _id, clientId, authorId, text, sentAt }) => {
      const author = people.get(authorId)
      return author ? [{ id: _id, clientId, author, text, sentAt: sentAt.getTime() }] : []
    })
  }

  return {
    findOf,

    /**
     * Stores a comment that waits. Returns it, or the one of the same person that waits already. Throws QUEUE_FULL when
     * too many wait in the show.
     */
    async hold(
      key: CommentKey,
      { text, replyTo, mentions }: Pick<HeldCommentDocument, 'text' | 'mentions'> & { replyTo: string | undefined }
    ): Promise<HeldCommentDocument> {
      const { showId, authorId } = key
      if ((await held.countDocuments({ showId })) >= maxHeldComments) {
        throw new CodedError('QUEUE_FULL', 'Many comments wait for the hosts already. Try again later.')
      }
      const document: HeldCommentDocument = {
        _id: opaqueId(),
        ...{ showId, authorId, clientId: key.clientId, text },
        ...(replyTo !== undefined && { replyTo }),
        ...(mentions?.length && { mentions: [...mentions] }),
        sentAt: new Date()
      }
      try {
        await held.insertOne(document)
        return document
      } catch (error) {
        const earlier = isDuplicateKey(error) ? await findOf(showId, authorId) : null
        if (earlier) return earlier
        throw error
      }
    },

    find: async (showId: string, id: string): Promise<HeldCommentDocument | null> =>
      await held.findOne({ _id: id, showId }),

    /** Lists the comments that wait in a show, oldest first, without those of `withoutAuthors`. */
    async list(showId: string, withoutAuthors: readonly string[] = []): Promise<HeldComment[]> {
      const found = await held.find({ showId }).sort({ sentAt: 1, _id: 1 }).limit(maxHeldComments).toArray()
      return await shown(found.filter(({ authorId }) => !withoutAuthors.includes(authorId)))
    },

    /** Lists the comment of a person that waits in a show, if there is one. */
    async listOf(showId: string, authorId: string): Promise<HeldComment[]> {
      const found = await findOf(showId, authorId)
      return found ? await shown([found]) : []
    },

    count: async (showId: string): Promise<number> => await held.countDocuments({ showId }),

    /** Removes a comment that was answered or withdrawn. Returns whether it still waited. */
    remove: async (showId: string, id: string): Promise<boolean> =>
      (await held.deleteOne({ _id: id, showId })).deletedCount > 0,

    /** Removes the comments of these people that wait in a show. Returns their number. */
    removeOf: async (showId: string, authorIds: readonly string[]): Promise<number> =>
      (await held.deleteMany({ showId, authorId: { $in: [...authorIds] } })).deletedCount,

    /** Removes what waits of a person whom a creator blocks, and trusts them no more. Safe to repeat. */
    async forgetBlocked(creatorId: string, personId: string, liveShowId: string | undefined): Promise<void> {
      await trust.remove(creatorId, personId)
      if (liveShowId !== undefined) await held.deleteOne({ showId: liveShowId, authorId: personId })
    },

    /** Removes the comments that wait in a show: it has ended, or is deleted. */
    removeOfShow: async (showId: string): Promise<void> => await deleteInSlices(held, { showId }),

    /** Removes comments that nobody has answered for a day. */
    removeOld: async (): Promise<void> =>
      await deleteInSlices(held, { sentAt: { $lt: new Date(Date.now() - maxHeldMs) } }),

    /** Whether a comment of the person was approved in a show of the creator. */
    isTrusted: trust.has,

    /** Lets a person comment in the shows of a creator without waiting. */
    trust: trust.add,

    personalData: {
      export: (authorId: string): AsyncIterable<object> =>
        exportedRecords(held, { authorId }, ({ _id, showId, clientId, text, replyTo, mentions, sentAt }) => ({
          id: _id,
          ...{ showId, clientId, text },
          ...(replyTo !== undefined && { replyTo }),
          ...(mentions && { mentions }),
          sentAt: sentAt.toISOString()
        })),
      erase: async (authorId: string): Promise<void> => await deleteInSlices(held, { authorId })
    } satisfies PersonalDataKeeper,

    /** The people whose comments were approved in the shows of a creator. */
    trustData: {
      export: (creatorId: string): AsyncIterable<object> =>
        trust.export({ fromId: creatorId }, ({ toId, createdAt }) => ({
          userId: toId,
          approvedAt: createdAt.toISOString()
        })),
      erase: trust.erase
    } satisfies PersonalDataKeeper
  }
}
