import { useEffect, useSyncExternalStore } from 'react'
import { ambient, useUser } from '../ambient.ts'

/** The shows of which the server reminds an account, on all of its devices. */
let known: { userId: string; showIds: ReadonlySet<string> } | null = null
/** The account whose reminders are asked for, or known. */
let askedFor: string | null = null
const none: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

function replace(userId: string, showIds: ReadonlySet<string>): void {
  known = { userId, showIds }
  for (const listener of listeners) listener()
}

/** Asks the server once per account, however many shows a page has. */
async function load(userId: string): Promise<void> {
  if (askedFor === userId) return
  askedFor = userId
  try {
    const items = await ambient.reminders.list()
    if (askedFor === userId) replace(userId, new Set(items.map(({ showId }) => showId)))
  } catch {
    // The next page asks again.
    if (askedFor === userId) askedFor = null
  }
}

/** Returns the shows of which the server reminds the user; empty for guests, and until they are known. */
export function useAccountReminders(): ReadonlySet<string> {
  const user = useUser()
  const userId = user && !user.guest ? user.id : null
  useEffect(() => {
    if (userId !== null) load(userId)
  }, [userId])
  return useSyncExternalStore(subscribe, () => (known !== null && known.userId === userId ? known.showIds : none))
}

/** Lets the server remind the account of a show, or no longer. Does nothing without an account. Throws CONFLICT. */
export async function setAccountReminder(showId: string, isOn: boolean): Promise<void> {
  const { user } = ambient.account
  if (!user || user.guest) return
  await (isOn ? ambient.reminders.set(showId) : ambient.reminders.remove(showId))
  const others = [...(known?.userId === user.id ? known.showIds : none)].filter(id => id !== showId)
  replace(user.id, new Set(isOn ? [...others, showId] : others))
}
