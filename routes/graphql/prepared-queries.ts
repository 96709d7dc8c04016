import {
  GraphQLError,
  parse,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode
} from 'graphql'
import { invalidRequest } from '../../contract/errors.ts'
import { assertFlatIntrospection, assertWithinLimits, fragmentsOf, maxTokens } from './query-limits.ts'

/** A query that was parsed and is within the limits. */
export interface PreparedQuery {
  operation: OperationDefinitionNode
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

function parsed(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens })
  } catch (error) {
    if (error instanceof GraphQLError) throw invalidRequest([{ path: '/query', message: error.message }])
    throw error
  }
}

/** Creates the function that parses queries and checks their limits. It remembers those that were asked last. */
export function createPreparedQueries(maxRemembered: number): (source: string) => PreparedQuery {
  const remembered = new Map<string, PreparedQuery>()

  return source => {
    const known = remembered.get(source)
    if (known) {
      // Moved to the end, so that the one that was asked longest ago is the first.
      remembered.delete(source)
      remembered.set(source, known)
      return known
    }
    const document = parsed(source)
    const operation = assertWithinLimits(document)
    assertFlatIntrospection(document, operation)
    const prepared = { operation, fragments: fragmentsOf(document) }
    remembered.set(source, prepared)
    const [oldest] = remembered.keys()
    if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest)
    return prepared
  }
}
