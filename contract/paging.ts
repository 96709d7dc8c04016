import { Type, type Static, type TSchema } from 'typebox'
import { Exactly, Nullable } from './primitives.ts'

/** Number of items of a page whose query has no `limit`. */
export const defaultPageSize = 20
/** Maximum number of items of a page. */
export const maxPageSize = 100

/** Query of every list: `limit`, and the `nextCursor` of the previous page. */
export const pageQuery = {
  limit: Type.Integer({
    minimum: 1,
    maximum: maxPageSize,
    default: defaultPageSize,
    description: 'Maximum number of items'
  }),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 256, description: 'The nextCursor of the previous page' })
  )
}
export const PageQuery = Exactly(pageQuery)
export type PageQuery = Static<typeof PageQuery>

/** One page of a list; `nextCursor` is null on the last. */
export function Page<T extends TSchema>(item: T) {
  return Exactly({ items: Type.Array(item), nextCursor: Nullable(Type.String()) })
}
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}
