import type { GraphqlError } from '../../../contract/graphql.ts'

/** An answer of `/graphql`. */
export interface Asked<T> {
  status: number
  data: T | null | undefined
  errors: GraphqlError[]
  text: string
}

/** Sends a query. */
export async function ask<T>(
  url: string,
  query: unknown,
  { token, variables }: { token?: string | undefined; variables?: object } = {}
): Promise<Asked<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, ...(variables && { variables }) })
  })
  const text = await response.text()
  const { data, errors = [] } = JSON.parse(text) as { data?: T | null; errors?: GraphqlError[] }
  return { status: response.status, data, errors, text }
}

/** Returns the codes of the errors by the path of their field. */
export function codesOf({ errors }: Pick<Asked<unknown>, 'errors'>): string[] {
  return errors.map(({ path, extensions }) => `${path?.join('.') ?? ''} ${extensions.code}`.trim())
}
