import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Invitation, InvitationDraft } from '../../../contract/invitations.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Show } from '../../../contract/shows.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'

declare module 'fastify' {
  interface FastifyInstance {
    showInvitations: ShowInvitations
  }
}

interface InvitationDocument {
  _id: string
  showId: string
  tokenHash: string
  maxUses: number
  /** Uses that are left, and who took one: changed together, so that nobody takes two and nobody takes the one after the last. */
  left: number
  acceptedIds: string[]
  expiresAt: Date
  createdAt: Date
}

const tokenBytes = 32
const weekMs = 7 * 86_400_000

export type ShowInvitations = Awaited<ReturnType<typeof createShowInvitations>>

/** Ways into private shows. */
export async function createShowInvitations({
  db,
  shows,
  showGuard,
  blocks,
  publicUrl
}: Pick<FastifyInstance, 'db' | 'shows' | 'showGuard' | 'blocks' | 'publicUrl'>) {
  const invitations = db.collection<InvitationDocument>('showInvitations')
  await invitations.createIndex({ showId: 1, createdAt: -1, _id: -1 })
  await invitations.createIndex({ tokenHash: 1 }, { unique: true })

  /** Throws NOT_FOUND, CONFLICT. */
  async function take(invitation: InvitationDocument, userId: string): Promise<void> {
    const { _id } = invitation
    const taken = await invitations.updateOne(
      { _id, left: { $gt: 0 }, expiresAt: { $gt: new Date() }, acceptedIds: { $ne: userId } },
      { $inc: { left: -1 }, $push: { acceptedIds: userId } }
    )
    if (taken.matchedCount === 1) return
    if (await invitations.findOne({ _id, acceptedIds: userId }, { projection: { _id: 1 } })) return
    const now = await invitations.findOne({ _id }, { projection: { expiresAt: 1 } })
    if (!now) throw noSuchInvitation()
    throw new CodedError(
      'CONFLICT',
      now.expiresAt <= new Date() ? 'This invitation has expired.' : 'This invitation was used as often as it may be.'
    )
  }

  /** Throws NOT_FOUND, CONFLICT, BANNED. */
  async function letIn(invitation: InvitationDocument, creatorId: string, userId: string): Promise<void> {
    await take(invitation, userId)
    await showGuard.admissions.add(invitation.showId, userId, invitation._id)
    // A block that came in between has looked for whom to shut out already.
    try {
      await blocks.assertNotBlocked(creatorId, userId)
    } catch (error) {
      await showGuard.shutOut(creatorId, userId)
      throw error
    }
  }

  return {
    /** The creator's. Newest first. Throws NOT_FOUND, FORBIDDEN. */
    async list(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<Invitation>> {
      await showGuard.require('change', showId, callerId)
      const found = await invitations
        .find({ showId, ...olderThan(cursor) }, { projection: { acceptedIds: 0 } })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: documents.map(document => toInvitation(document, null)), nextCursor }
    },

    /** The only time its URL is told: the token in it is kept as a hash. Throws NOT_FOUND, FORBIDDEN. */
    async create(
      showId: string,
      callerId: string,
      { maxUses = 1, expiresInMs = weekMs }: InvitationDraft
    ): Promise<Invitation> {
      await showGuard.require('change', showId, callerId)
      const token = randomBytes(tokenBytes).toString('base64url')
      const createdAt = new Date()
      const expiresAt = new Date(createdAt.getTime() + expiresInMs)
      const document: InvitationDocument = {
        _id: opaqueId(),
        showId,
        tokenHash: hashed(token),
        maxUses,
        left: maxUses,
        acceptedIds: [],
        expiresAt,
        createdAt
      }
      await invitations.insertOne(document)
      return toInvitation(document, `${publicUrl()}/shows/${showId}#invitation=${token}`)
    },

    /** Nobody comes in by it any more; who did already stays in. Throws NOT_FOUND, FORBIDDEN. */
    async withdraw(showId: string, callerId: string, id: string): Promise<void> {
      await showGuard.require('change', showId, callerId)
      const { deletedCount } = await invitations.deleteOne({ _id: id, showId })
      if (deletedCount === 0) throw noSuchInvitation()
    },

    /**
     * Lets the caller see the show from now on. A person takes one use however often they accept; the creator, and who was let in
     * by another invitation, take none. Throws NOT_FOUND (wrong, withdrawn, or for another show), CONFLICT (expired, used up),
     * BANNED (the creator blocks them).
     */
    async accept(showId: string, callerId: string, token: string): Promise<Show> {
      const invitation = await invitations.findOne(
        { tokenHash: hashed(token), showId },
        { projection: { acceptedIds: 0 } }
      )
      if (!invitation) throw noSuchInvitation()
      const { creatorId } = await showGuard.load(showId)
      await blocks.assertNotBlocked(creatorId, callerId)
      if (creatorId !== callerId && !(await showGuard.admissions.has(showId, callerId))) {
        await letIn(invitation, creatorId, callerId)
      }
      return await shows.get(showId, callerId)
    },

    async removeOfShow(showId: string): Promise<void> {
      await invitations.deleteMany({ showId })
    },

    /** Those to somebody's own shows, without what opens them; they go with the shows. */
    madeData: {
      async *export(userId) {
        for await (const showId of shows.idsOf(userId)) {
          for await (const document of invitations
            .find({ showId }, { projection: { acceptedIds: 0 } })
            .sort(newestFirst)) {
            const { url: _url, ...invitation } = toInvitation(document, null)
            yield { showId, ...invitation, createdAt: document.createdAt }
          }
        }
      },
      erase: async () => {}
    } satisfies PersonalDataKeeper,

    /** What people accepted. Erasing leaves the uses that are left as they are. */
    personalData: {
      export: showGuard.admissions.ofPerson,
      async erase(userId) {
        for await (const { invitationId } of showGuard.admissions.ofPerson(userId)) {
          await invitations.updateOne({ _id: invitationId }, { $pull: { acceptedIds: userId } })
        }
        await showGuard.admissions.removeOfPerson(userId)
      }
    } satisfies PersonalDataKeeper
  }
}

function toInvitation(
  { _id, maxUses, left, expiresAt }: Omit<InvitationDocument, 'acceptedIds'>,
  url: string | null
): Invitation {
  return { id: _id, url, expiresAt: expiresAt.toISOString(), maxUses, uses: maxUses - left }
}

function hashed(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function noSuchInvitation(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such invitation.')
}

export default fp(
  async app => {
    const showInvitations = await createShowInvitations(app)
    app.decorate('showInvitations', showInvitations)
    app.blocks.onBlocked(app.showGuard.shutOut)
    app.showData.register('showInvitations', showInvitations.removeOfShow)
    app.personalData.register('showInvitations', showInvitations.personalData)
    app.personalData.register('invitationsMade', showInvitations.madeData)
  },
  {
    name: 'show-invitations',
    dependencies: ['mongodb', 'shows', 'show-guard', 'people', 'show-data', 'privacy', 'http']
  }
)
