import type { Page } from '../../../contract/paging.ts'

/** Part of a list whose items have a cursor each; `nextCursor` is that of the last one, null on the last page. */
export interface Edges<T> {
  edges: readonly { node: T; cursor: string }[]
  nextCursor: string | null
}

/** Returns the edges as a page of REST. */
export function toPage<T>({ edges, nextCursor }: Edges<T>): Page<T> {
  return { items: edges.map(({ node }) => node), nextCursor }
}
