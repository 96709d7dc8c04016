import type { Member, MembersQuery } from '../../../contract/moderation.ts'
import type { Page } from '../../../contract/paging.ts'
import { foreignCursor } from '../shows/cursor.ts'
import { folded } from '../shows/words.ts'

/** What orders people: their name without case and accents, then their id. */
interface Place {
  name: string
  id: string
}

/** So much of a name orders it and is in a cursor: a display name may be longer than a cursor. */
const nameInCursor = 20

/** A page of people by name; `q` is looked for anywhere in it. Throws VALIDATION for a cursor we never made. */
export function memberPage(members: readonly Member[], { limit, cursor, q }: MembersQuery): Page<Member> {
  const wanted = q === undefined ? '' : folded(q)
  const from = cursor === undefined ? undefined : decode(cursor)
  const found = members
    .map(member => ({ member, name: folded(member.displayName), id: member.id }))
    .filter(({ name }) => name.includes(wanted))
    .map(({ member, name, id }) => ({ member, name: name.slice(0, nameInCursor).toWellFormed(), id }))
    .filter(place => from === undefined || compare(place, from) > 0)
    .sort(compare)
  const last = found[limit - 1]
  return {
    items: found.slice(0, limit).map(({ member }) => member),
    nextCursor: found.length > limit && last ? encode(last) : null
  }
}

/** By code units: any order will do that does not depend on where the server runs. */
function compare(a: Place, b: Place): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

function encode({ name, id }: Place): string {
  return Buffer.from(`${id}:${name}`).toString('base64url')
}

function decode(cursor: string): Place {
  const [, id, name] = /^([A-Za-z0-9_-]{1,64}):(.*)$/su.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (id === undefined || name === undefined) throw foreignCursor()
  return { id, name }
}
