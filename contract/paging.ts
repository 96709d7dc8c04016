import { Type, type Static, type TSchema } from 'typebox'
import { Exactly, Nullable } from './primitives.ts'

/** Query of every list: `limit` 1–100 (default 20), and the `nextCursor` of the previous page. */
export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Maximum number of items' }),
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
