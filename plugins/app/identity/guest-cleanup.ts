import type { Users } from '../people/users.ts'
import { lateWritesMs, type Erasure } from '../privacy/erasure.ts'
import type { Sessions } from './sessions.ts'

export interface GuestCleanupParts {
  users: Pick<Users, 'guestIds'>
  sessions: Pick<Sessions, 'findSignedIn'>
  erasure: Pick<Erasure, 'erase'>
}

export type GuestCleanup = ReturnType<typeof createGuestCleanup>

/** Erases guests who have no active sign-in: no one can sign in to such an account again. */
export function createGuestCleanup({ users, sessions, erasure }: GuestCleanupParts) {
  return {
    async run(): Promise<void> {
      for await (const guestIds of users.guestIds(new Date(Date.now() - lateWritesMs))) {
        const signedIn = await sessions.findSignedIn(guestIds)
        const abandoned = guestIds.filter(guestId => !signedIn.has(guestId))
        // A failed erasure is recorded and finished later. It does not keep the other guests from being erased.
        for (const guestId of abandoned) await erasure.erase(guestId).catch(() => {})
      }
    }
  }
}
