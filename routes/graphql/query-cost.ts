import {
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode
} from 'graphql'
import { CodedError } from '../../contract/errors.ts'
import { defaultPageSize, maxPageSize } from '../../contract/paging.ts'
import { costOfField } from './field-cost.ts'
import { refused } from './refused-query.ts'

/** Maximum number of values that a query may ask for: fields, times the sizes of the pages that they are in. */
export const maxValues = 10_000
/** Maximum number of requests of REST whose work one query may do. */
export const maxRequests = 60
/** Assumed length of a list that is not a page. */
const assumedItems = 10
/** An introspection takes as much time as several requests. */
const introspectionRequests = 5

/** The cost of a query. */
export interface QueryCost {
  /** Requests of REST whose work it does, rounded up. A field with a stricter limit counts more. */
  requests: number
}

export interface CostParts {
  schema: GraphQLSchema
  operation: OperationDefinitionNode
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  variables: Readonly<Record<string, unknown>>
  /** Limit of REST requests per minute. */
  maxPerMinute: number
}

/** The place of a selection: how many objects it is read for, and the edges of the connection that it is in. */
interface Place {
  times: number
  edges: number
}

/**
 * Returns the cost of a query whose limits were checked. Throws VALIDATION when it is too high, and for a field of one
 * parent inside of a list. Fields that do not exist cost nothing; the rules of GraphQL refuse them later.
 */
export function costOf({ schema, operation, fragments, variables, maxPerMinute }: CostParts): QueryCost {
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue])
  )
  let values = 0
  let requests = 0
  let counted = 0

  /** Returns `first` of a connection. A value of another type counts as the maximum; it is refused later. */
  function pageSizeOf({ arguments: given = [] }: FieldNode): number {
    const argument = given.find(({ name }) => name.value === 'first')?.value
    if (!argument || argument.kind === Kind.NULL) return defaultPageSize
    const name = argument.kind === Kind.VARIABLE ? argument.name.value : undefined
    const node = name === undefined ? argument : defaults.get(name)
    const fromNode = node?.kind === Kind.INT ? Number(node.value) : undefined
    const value = name !== undefined && Object.hasOwn(variables, name) ? variables[name] : fromNode
    if (value === undefined || value === null) return defaultPageSize
    if (typeof value !== 'number') return maxPageSize
    if (!Number.isInteger(value) || value < 1 || value > maxPageSize) {
      const message = `must be from 1 to ${maxPageSize}`
      throw new CodedError('VALIDATION', `first ${message}.`, { issues: [{ path: '/first', message }] })
    }
    return value
  }

  function addField(node: FieldNode, parent: GraphQLObjectType, { times, edges }: Place): void {
    const name = node.name.value
    const field = parent.getFields()[name]
    const isList = field !== undefined && isListType(getNullableType(field.type))
    values += isList && !node.selectionSet ? times * assumedItems : times
    if (values > maxValues) throw refused(`A query asks for up to ${maxValues} values.`)
    if (name === '__schema' || name === '__type') counted += introspectionRequests
    if (!field) return
    const cost = costOfField(field)
    if (cost?.isSingle && times > 1) throw refused(`${parent.name}.${name} is not asked for items of a list.`)
    const share = cost?.maxPerMinute === undefined ? 1 : Math.max(1, maxPerMinute / cost.maxPerMinute)
    requests += times * (cost?.requests ?? 0)
    counted += times * (cost?.requests ?? 0) * share
    if (requests > maxRequests) throw refused(`A query does the work of up to ${maxRequests} requests.`)
    const type = getNamedType(field.type)
    if (!node.selectionSet || !isObjectType(type)) return
    const items = name === 'edges' ? edges : isList ? assumedItems : 1
    addSelections(node.selectionSet, type, {
      times: times * items,
      edges: cost?.isConnection ? pageSizeOf(node) : assumedItems
    })
  }

  function addSelections({ selections }: SelectionSetNode, parent: GraphQLObjectType, place: Place): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) addField(node, parent, place)
      else {
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node
        if (fragment) addSelections(fragment.selectionSet, parent, place)
      }
    }
  }

  const query = schema.getQueryType()
  if (query) addSelections(operation.selectionSet, query, { times: 1, edges: 1 })
  return { requests: Math.max(1, Math.ceil(counted)) }
}
