import type { Person } from '../../../contract/users.ts'

/** The person of that id; somebody whose account is gone keeps a place without a name. */
export function personIn(people: ReadonlyMap<string, Person>, userId: string): Person {
  return people.get(userId) ?? somebody(userId)
}

/** Somebody whose account is gone but whose show, or whose deed, stays. */
export function somebody(id: string): Person {
  return { id, displayName: 'Somebody', avatarUrl: null }
}
