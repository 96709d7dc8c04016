import { createHash, randomBytes } from 'node:crypto'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Invitation, InvitationDraft } from '../../../contract/invitations.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Show } from '../../../contract/shows.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { Blocks } from '../people/blocks.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { ShowGuard } from './show-guard.ts'
import type { Shows } from './shows.ts'
import { deleteInSlices } from '../documents/slices.ts'

/** An invitation in the collection `showInvitations`. */
export interface InvitationDocument {
  _id: string
  showId: string
  tokenHash: string
  maxUses: number
  /** Remaining uses. Changes together with `acceptedIds`, so that a person takes one use, and no use is taken twice. */
  left: number
  acceptedIds: string[]
  expiresAt: Date
  createdAt: Date
}

const tokenBytes = 32
const defaultExpiryMs = 7 * 86_400_000

export interface ShowInvitationsParts {
  invitations: Collection<InvitationDocument>
  shows: Pick<Shows, 'get' | 'idsOf'>
  showGuard: Pick<ShowGuard, 'admissions' | 'authorize' | 'get' | 'revokeRoles'>
  blocks: Pick<Blocks, 'assertNotBlocked'>
  publicUrl(): string
}

export type ShowInvitations = Awaited<ReturnType<typeof createShowInvitations>>

/** Invitations to private shows. */
export async function createShowInvitations({
  invitations,
  shows,
  showGuard,
  blocks,
  publicUrl
}: ShowInvitationsParts) {
  const { admissions } = showGuard
  await invitations.createIndex({ showId: 1, createdAt: -1, _id: -1 })
  await invitations.createIndex({ tokenHash: 1 }, { unique: true })

  /** Takes one use of an invitation; a person takes only one. Throws NOT_FOUND, CONFLICT. */
  async function takeUse({ _id }: Pick<InvitationDocument, '_id'>, userId: string): Promise<void> {
    const { matchedCount } = await invitations.updateOne(
      { _id, left: { $gt: 0 }, expiresAt: { $gt: new Date() }, acceptedIds: { $ne: userId } },
      { $inc: { left: -1 }, $push: { acceptedIds: userId } }
    )
    if (matchedCount === 1) return
    if (await invitations.findOne({ _id, acceptedIds: userId }, { projection: { _id: 1 } })) return
    const current = await invitations.findOne({ _id }, { projection: { expiresAt: 1 } })
    if (!current) throw noSuchInvitation()
    throw new CodedError(
      'CONFLICT',
      current.expiresAt <= new Date()
        ? 'This invitation has expired. Ask for a new one.'
        : 'This invitation has no uses left. Ask for a new one.'
    )
  }

  /** Throws NOT_FOUND, CONFLICT, BANNED. */
  async function admit(
    { _id, showId }: Pick<InvitationDocument, '_id' | 'showId'>,
    creatorId: string,
    userId: string
  ): Promise<void> {
    await takeUse({ _id }, userId)
    await admissions.add(showId, userId, _id)
    // A block that was stored meanwhile has revoked the earlier admissions already.
    try {
      await blocks.assertNotBlocked(creatorId, userId)
    } catch (error) {
      await showGuard.revokeRoles(creatorId, userId)
      throw error
    }
  }

  return {
    /** Lists the invitations of a show for its creator, newest first. Throws NOT_FOUND, FORBIDDEN. */
    async list(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<Invitation>> {
      await showGuard.authorize('change', showId, callerId)
      const found = await invitations
        .find({ showId, ...olderThan(cursor) }, { projection: { acceptedIds: 0 } })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: documents.map(document => toInvitation(document, null)), nextCursor }
    },

    /**
     * Creates an invitation and returns it with its URL. Only the hash of the token in the URL is stored, so no later
     * answer has the URL. Throws NOT_FOUND, FORBIDDEN.
     */
    async create(
      showId: string,
      callerId: string,
      { maxUses = 1, expiresInMs = defaultExpiryMs }: InvitationDraft
    ): Promise<Invitation> {
      await showGuard.authorize('change', showId, callerId)
      const token = randomBytes(tokenBytes).toString('base64url')
      const createdAt = new Date()
      const expiresAt = new Date(createdAt.getTime() + expiresInMs)
      const document: InvitationDocument = {
        _id: opaqueId(),
        showId,
        tokenHash: hash(token),
        maxUses,
        left: maxUses,
        acceptedIds: [],
        expiresAt,
        createdAt
      }
      await invitations.insertOne(document)
      return toInvitation(document, `${publicUrl()}/shows/${showId}#invitation=${token}`)
    },

    /** Withdraws an invitation. People who accepted it keep access. Throws NOT_FOUND, FORBIDDEN. */
    async withdraw(showId: string, callerId: string, id: string): Promise<void> {
      await showGuard.authorize('change', showId, callerId)
      const { deletedCount } = await invitations.deleteOne({ _id: id, showId })
      if (deletedCount === 0) throw noSuchInvitation()
    },

    /**
     * Admits the caller to the show. A person takes one use however often they accept; the creator and people whom
     * another invitation admitted take none. Throws NOT_FOUND (wrong, withdrawn, or for another show), CONFLICT
     * (expired or used up), BANNED (the creator blocks them).
     */
    async accept(showId: string, callerId: string, token: string): Promise<Show> {
      const invitation = await invitations.findOne(
        { tokenHash: hash(token), showId },
        { projection: { acceptedIds: 0 } }
      )
      if (!invitation) throw noSuchInvitation()
      const { creatorId } = await showGuard.get(showId)
      await blocks.assertNotBlocked(creatorId, callerId)
      if (creatorId !== callerId && !(await admissions.has(showId, callerId))) {
        await admit(invitation, creatorId, callerId)
      }
      return await shows.get(showId, callerId)
    },

    async removeOfShow(showId: string): Promise<void> {
      await deleteInSlices(invitations, { showId })
    },

    /** Invitations to a person's own shows, without their tokens. They are erased with the shows. */
    createdData: {
      async *export(userId) {
        for await (const showId of shows.idsOf(userId)) {
          yield* exportedRecords(invitations, { showId }, toExported, {
            sort: newestFirst,
            projection: { acceptedIds: 0 }
          })
        }
      },
      erase: async () => {}
    } satisfies PersonalDataKeeper,

    /** Invitations that a person accepted. Erasing does not change the remaining uses. */
    acceptedData: {
      export: admissions.export,
      async erase(userId) {
        for await (const { invitationId } of admissions.ofPerson(userId)) {
          await invitations.updateOne({ _id: invitationId }, { $pull: { acceptedIds: userId } })
        }
        await admissions.removeOfPerson(userId)
      }
    } satisfies PersonalDataKeeper
  }
}

function toExported(document: Omit<InvitationDocument, 'acceptedIds'>): object {
  const { url: _url, ...invitation } = toInvitation(document, null)
  return { showId: document.showId, ...invitation, createdAt: document.createdAt }
}

function toInvitation(
  { _id, maxUses, left, expiresAt }: Omit<InvitationDocument, 'acceptedIds'>,
  url: string | null
): Invitation {
  return { id: _id, url, expiresAt: expiresAt.toISOString(), maxUses, uses: maxUses - left }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function noSuchInvitation(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such invitation.')
}
