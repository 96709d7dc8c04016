import type { TSchema } from 'typebox'
import { invalidRequest, type Issue } from '../../contract/errors.ts'
import { defaultPageSize, PageQuery } from '../../contract/paging.ts'
import { Exactly, Id } from '../../contract/primitives.ts'
import { ShowsQuery } from '../../contract/shows.ts'
import { SongsQuery } from '../../contract/songs.ts'
import type { Validator } from '../../plugins/app/http/validation.ts'

/** Arguments of a field as GraphQL gives them. An argument without a value is missing or null. */
export type FieldArguments = Readonly<Record<string, unknown>>

export type ReadArguments = ReturnType<typeof createArgumentReaders>

/** Names of arguments whose name in REST differs. */
const restNames: Readonly<Record<string, string>> = { first: 'limit', after: 'cursor' }

/** Returns the arguments as the query of the REST route. */
function toRestQuery(given: FieldArguments): Record<string, unknown> {
  const entries = Object.entries(given).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [restNames[name] ?? name, value]))
}

/** Returns an issue of a query of REST with the names of GraphQL. */
export function toArgumentIssue({ path, message }: Issue): Issue {
  const argument = Object.keys(restNames).find(name => path === `/${restNames[name]}`)
  return { path: argument === undefined ? path : `/${argument}`, message }
}

/** Creates the functions that read arguments with the schemas of the REST routes. They throw VALIDATION. */
export function createArgumentReaders({ compile }: Pick<Validator, 'compile'>) {
  function reader<T>(schema: TSchema, defaults: object = {}): (given: FieldArguments) => T {
    const check = compile(schema)
    return given => {
      const query: unknown = { ...defaults, ...toRestQuery(given) }
      const issues = check(query)
      if (issues) throw invalidRequest(issues)
      return query as T
    }
  }

  return {
    /** Returns the id that a field names. */
    id: reader<{ id: string }>(Exactly({ id: Id })),
    page: reader<PageQuery>(PageQuery, { limit: defaultPageSize }),
    shows: reader<ShowsQuery>(ShowsQuery, { limit: defaultPageSize }),
    songs: reader<SongsQuery>(SongsQuery, { limit: defaultPageSize })
  }
}
