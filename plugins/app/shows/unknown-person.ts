import type { Person } from '../../../contract/users.ts'

/** Returns the person with an id. An erased account keeps its place, without a name. */
export function personIn(people: ReadonlyMap<string, Person>, userId: string): Person {
  return people.get(userId) ?? unknownPerson(userId)
}

/** Stands for a person whose account was erased, but whose show or act remains. */
export function unknownPerson(id: string): Person {
  return { id, displayName: 'Somebody', avatarUrl: null }
}
