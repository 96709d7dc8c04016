import type { GraphqlError } from '../../contract/graphql.ts'
import type { AuthorizedRequest } from '../request.ts'

/** The data of a query, and the errors of its fields that are null because they failed. */
export interface GraphqlResult<T> {
  data: T
  errors: readonly GraphqlError[]
}

/** Creates the function that sends GraphQL queries. */
export function createGraphqlApi(request: AuthorizedRequest) {
  /** Sends a query whose data has the type parameter. Throws CodedError when the whole query is refused. */
  return async <T extends object>(query: string, variables: object = {}): Promise<GraphqlResult<T>> => {
    const body = { query, variables }
    const { data, errors = [] } = await request<{ data: T; errors?: GraphqlError[] }>('POST', '/graphql', body)
    return { data, errors }
  }
}
