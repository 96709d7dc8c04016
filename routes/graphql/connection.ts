import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigArgumentMap
} from 'graphql'
import { defaultPageSize, maxPageSize } from '../../contract/paging.ts'
import type { Edges } from '../../plugins/app/documents/edges.ts'

/** A page of a list in the form of Relay: https://relay.dev/graphql/connections.htm */
export interface Connection<T> {
  edges: Edges<T>['edges']
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

/** Arguments of every connection: the `limit` and `cursor` of REST under their names in Relay. */
export const pageArguments: GraphQLFieldConfigArgumentMap = {
  first: { type: GraphQLInt, defaultValue: defaultPageSize, description: `1–${maxPageSize}` },
  after: { type: GraphQLString, description: 'The cursor of an edge; a `nextCursor` of REST is one' }
}

const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    endCursor: { type: GraphQLString }
  }
})

/** Creates the connection type of a node, and the type of its edges. */
export function connectionTypeOf(node: GraphQLObjectType): GraphQLObjectType {
  const edge = new GraphQLObjectType({
    name: `${node.name}Edge`,
    fields: { node: { type: new GraphQLNonNull(node) }, cursor: { type: new GraphQLNonNull(GraphQLString) } }
  })
  return new GraphQLObjectType({
    name: `${node.name}Connection`,
    fields: {
      edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
      pageInfo: { type: new GraphQLNonNull(PageInfo) }
    }
  })
}

/** Returns a page of a service as a connection. */
export function toConnection<T>({ edges, nextCursor }: Edges<T>): Connection<T> {
  return {
    edges,
    pageInfo: { hasNextPage: nextCursor !== null, endCursor: nextCursor ?? edges.at(-1)?.cursor ?? null }
  }
}
