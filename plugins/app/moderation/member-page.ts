import type { Member, MembersQuery } from '../../../contract/moderation.ts'
import type { Page } from '../../../contract/paging.ts'
import { folded } from '../documents/search-words.ts'
import { foreignCursor } from '../shows/cursor.ts'

/** Sort key of members: the name without case and accents, then the id. */
interface Place {
  name: string
  id: string
}

/** Length of the part of a name that is in the sort key and the cursor: a display name may be longer than a cursor. */
const nameLength = 20

/** Returns a page of members by name. `q` is searched anywhere in the name. Throws VALIDATION for an invalid cursor. */
export function memberPage(members: readonly Member[], { limit, cursor, q }: MembersQuery): Page<Member> {
  const search = q === undefined ? '' : folded(q)
  const after = cursor === undefined ? undefined : decode(cursor)
  const found = members
    .map(member => ({ member, name: folded(member.displayName), id: member.id }))
    .filter(({ name }) => name.includes(search))
    .map(({ member, name, id }) => ({ member, name: name.slice(0, nameLength).toWellFormed(), id }))
    .filter(place => after === undefined || compare(place, after) > 0)
    .sort(compare)
  const last = found[limit - 1]
  return {
    items: found.slice(0, limit).map(({ member }) => member),
    nextCursor: found.length > limit && last ? encode(last) : null
  }
}

/** Compares by code units: an order that is the same on every server. */
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
