import type { Collection } from 'mongodb'
import {
  maxBackstageGuests,
  type BackstageInvitation,
  type BackstageInvitations,
  type BackstageRole
} from '../../../contract/backstage.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Person } from '../../../contract/users.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Users } from '../people/users.ts'
import { allDone } from '../operations/all-done.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import { roomListOf, type ShowDocument, type StoredBackstage } from './document.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowGuard } from './show-guard.ts'

type Guests = StoredBackstage['guests']

export interface BackstageParts {
  shows: Collection<ShowDocument>
  guard: Pick<ShowGuard, 'authorize' | 'get'>
  users: Pick<Users, 'getProfile' | 'people'>
  blocks: Pick<Blocks, 'findBetween'>
  liveShows: Pick<LiveShows, 'backstageEdited'>
  nowMs: () => number
}

/** Attempts to change a list that others change at the same time. */
const maxAttempts = 20

export type BackstageService = Awaited<ReturnType<typeof createBackstage>>

/** Invitations of people, by their accounts, to meet backstage before a planned show starts. */
export async function createBackstage({ shows, guard, users, blocks, liveShows, nowMs }: BackstageParts) {
  await shows.createIndex({ 'backstage.guests.userId': 1 }, { sparse: true })

  /**
   * Changes the invitations of a show, and tells its room. `change` returns null to change nothing; the room is told
   * again even then, since it may not have heard of an earlier change.
   */
  async function edit(showId: string, change: (guests: Guests, show: ShowDocument) => Guests | null): Promise<Guests> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const show = await guard.get(showId)
      const { version, guests } = show.backstage ?? { version: 0, guests: [] }
      const next = change(guests, show)
      const after = next && { version: version + 1, guests: next }
      if (after) {
        const unchanged = show.backstage ? { 'backstage.version': version } : { backstage: { $exists: false } }
        // Only a planned show takes further people.
        const isPlanned = next.length > guests.length ? { status: 'scheduled' as const } : {}
        const { matchedCount } = await shows.updateOne(
          { _id: showId, ...unchanged, ...isPlanned },
          { $set: { backstage: after } }
        )
        if (matchedCount === 0) continue
      }
      const stored = after ?? show.backstage
      if (stored) await tellRoom(show, stored)
      return stored?.guests ?? []
    }
    throw new CodedError('CONFLICT', 'The invitations were changed meanwhile. Try again.')
  }

  /** Of a show that has started, invitations matter only while its room has not heard of the start. */
  async function tellRoom({ _id: showId, status }: ShowDocument, stored: StoredBackstage): Promise<void> {
    if (status === 'ended') return
    const telling = liveShows.backstageEdited(showId, roomListOf(stored))
    await (status === 'scheduled' ? telling : telling.catch(() => {}))
  }

  async function remove(showId: string, userId: string): Promise<void> {
    await edit(showId, guests => {
      const others = guests.filter(guest => guest.userId !== userId)
      return others.length < guests.length ? others : null
    })
  }

  /** Removes a person from these shows. One that fails keeps none of the others; its error is thrown at the end. */
  async function removeFromEach(showIds: AsyncIterable<string>, userId: string): Promise<void> {
    const errors: unknown[] = []
    for await (const showId of showIds) {
      await remove(showId, userId).catch((error: unknown) => {
        const isDeleted = error instanceof CodedError && error.code === 'NOT_FOUND'
        if (!isDeleted) errors.push(error)
      })
    }
    if (errors.length > 0) throw errors[0]
  }

  async function assertInvitable(creatorId: string, userId: string): Promise<Person> {
    if (userId === creatorId) throw new CodedError('CONFLICT', 'The creator needs no invitation.')
    const { id, displayName, avatarUrl, guest } = await users.getProfile(userId)
    if (guest) throw new CodedError('CONFLICT', 'Guests cannot be invited backstage.')
    await assertNoBlock(creatorId, userId)
    return { id, displayName, avatarUrl }
  }

  async function assertNoBlock(creatorId: string, userId: string): Promise<void> {
    if ((await blocks.findBetween(creatorId, [userId])).size > 0) {
      throw new CodedError('CONFLICT', 'This person cannot be invited.')
    }
  }

  /** Yields the ids of the shows to which a person is invited backstage, of all creators or one. */
  async function* showsWith(userId: string, creatorId?: string): AsyncGenerator<string> {
    const filter = { 'backstage.guests.userId': userId, ...(creatorId !== undefined && { creatorId }) }
    for await (const { _id } of shows.find(filter, { projection: { _id: 1 } })) yield _id
  }

  return {
    /** Whether a person may be backstage in a planned show: its creator, and those who are invited. */
    async isInvited(showId: string, userId: string): Promise<boolean> {
      const projection = { status: 1, creatorId: 1, backstage: 1 }
      const show = await shows.findOne({ _id: showId }, { projection })
      if (show?.status !== 'scheduled') return false
      return show.creatorId === userId || (show.backstage?.guests ?? []).some(guest => guest.userId === userId)
    },

    /** Returns all invitations for the creator, and their own for others. Throws NOT_FOUND. */
    async list(showId: string, callerId: string): Promise<BackstageInvitations> {
      const { creatorId, backstage } = await guard.authorize('see', showId, callerId)
      const all = backstage?.guests ?? []
      const visible = callerId === creatorId ? all : all.filter(({ userId }) => userId === callerId)
      const people = await users.people(visible.map(({ userId }) => userId))
      return {
        items: visible.flatMap(({ userId, role, invitedAt }) => {
          const user = people.get(userId)
          return user ? [{ user, role, invitedAt: invitedAt.toISOString() }] : []
        })
      }
    },

    /**
     * Invites a person, or changes their role. Safe to repeat. Throws NOT_FOUND, FORBIDDEN, CONFLICT (not planned any
     * more, full, or a person who cannot be invited), UNAVAILABLE (stored, but the room does not know).
     */
    async invite(
      showId: string,
      callerId: string,
      userId: string,
      role: BackstageRole = 'guest'
    ): Promise<BackstageInvitation> {
      await guard.authorize('change', showId, callerId)
      const user = await assertInvitable(callerId, userId)
      const guests = await edit(showId, (guests, { status }) => {
        if (status !== 'scheduled') throw new CodedError('CONFLICT', 'The show has already started.')
        const before = guests.find(guest => guest.userId === userId)
        if (before?.role === role) return null
        if (before) return guests.map(guest => (guest === before ? { ...before, role } : guest))
        if (guests.length >= maxBackstageGuests) {
          throw new CodedError('CONFLICT', `You can invite ${maxBackstageGuests} people backstage.`)
        }
        return [...guests, { userId, role, invitedAt: new Date(nowMs()) }]
      })
      // A block that was stored meanwhile has found no invitation to remove.
      await assertNoBlock(callerId, userId).catch(async (error: unknown) => {
        await remove(showId, userId)
        throw error
      })
      const invitedAt = guests.find(guest => guest.userId === userId)?.invitedAt ?? new Date(nowMs())
      return { user, role, invitedAt: invitedAt.toISOString() }
    },

    /**
     * Withdraws an invitation, or declines one's own: the person leaves the backstage at once. Safe to repeat. Throws
     * NOT_FOUND, FORBIDDEN, UNAVAILABLE (stored, but the room does not know).
     */
    async withdraw(showId: string, callerId: string, userId: string): Promise<void> {
      await guard.authorize(callerId === userId ? 'see' : 'change', showId, callerId)
      await remove(showId, userId)
    },

    /** Withdraws a creator's invitations of a person whom they block, and those of the creator by this person. */
    async onBlocked(blockerId: string, blockedId: string): Promise<void> {
      await allDone([
        removeFromEach(showsWith(blockedId, blockerId), blockedId),
        removeFromEach(showsWith(blockerId, blockedId), blockerId)
      ])
    },

    /** The invitations that a person has. Erasing them changes nothing else in the shows. */
    personalData: {
      export: userId =>
        exportedRecords(shows, { 'backstage.guests.userId': userId }, ({ _id, backstage }) => {
          const own = backstage?.guests.find(guest => guest.userId === userId)
          return { showId: _id, role: own?.role, invitedAt: own?.invitedAt }
        }),
      async erase(userId) {
        await removeFromEach(showsWith(userId), userId)
      }
    } satisfies PersonalDataKeeper
  }
}
