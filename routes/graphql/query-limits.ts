import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode
} from 'graphql'
import { refused } from './refused-query.ts'

/** Maximum number of tokens of a query. The introspection query of tools has about 250. */
export const maxTokens = 1500
/** Maximum depth of fields. */
export const maxDepth = 8
/** Maximum depth of fields about the schema. The introspection query of tools needs 13. */
const maxIntrospectionDepth = 20
/** Maximum number of fields, with those of fragments wherever they are spread. */
const maxFields = 300
const maxAliases = 50
const maxRootFields = 20
const maxFragments = 20
const maxDirectives = 20

/** Lists of types in the answer to an introspection. One inside of another would multiply them. */
const introspectionLists: ReadonlySet<string> = new Set([
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
  'enumValues'
])
const introspectionRoots: ReadonlySet<string> = new Set(['__schema', '__type'])

/** Numbers of a selection with its fragments. */
interface Size {
  fields: number
  aliases: number
  directives: number
  depth: number
}

const nothing: Size = { fields: 0, aliases: 0, directives: 0, depth: 0 }

function sum(one: Size, other: Size): Size {
  return {
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    depth: Math.max(one.depth, other.depth)
  }
}

/** Returns the fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : []))
  )
}

/** Returns the only operation of a document. Throws VALIDATION for another number, and for what is not a query. */
function getQuery({ definitions }: DocumentNode): OperationDefinitionNode {
  const operations = definitions.filter(node => node.kind === Kind.OPERATION_DEFINITION)
  const [operation] = operations
  if (!operation || operations.length > 1 || definitions.length > maxFragments + 1) {
    throw refused(`A document has one query and up to ${maxFragments} fragments.`)
  }
  if (operation.operation !== 'query') {
    throw refused('There are queries only. Use REST to change something, and the socket for what happens live.')
  }
  return operation
}

/**
 * Returns the query of a document within the limits. Throws VALIDATION for one that exceeds them, and for fragments
 * that contain themselves. It takes time in proportion to the size of the document, so it runs before the rules of
 * GraphQL, some of which compare each field with each other.
 */
export function assertWithinLimits(document: DocumentNode): OperationDefinitionNode {
  const operation = getQuery(document)
  const fragments = fragmentsOf(document)
  const measured = new Map<string, Size | 'measuring'>()
  let introspections = 0

  function measureField(node: FieldNode): Size {
    const isRoot = introspectionRoots.has(node.name.value)
    if (isRoot && ++introspections > 1) throw refused('A query asks once for the schema.')
    const inner = node.selectionSet ? measure(node.selectionSet) : nothing
    const depth = inner.depth + 1
    if (depth > maxIntrospectionDepth) throw refused('The query is too deep.')
    return {
      fields: inner.fields + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      directives: inner.directives + (node.directives?.length ?? 0),
      // The depth of fields about the schema has its own limit.
      depth: isRoot ? 1 : depth
    }
  }

  function measureFragment(name: string): Size {
    const known = measured.get(name)
    if (known === 'measuring') throw refused('A fragment contains itself.')
    if (known) return known
    const fragment = fragments.get(name)
    // It would count nothing, however often other fragments repeat it.
    if (!fragment) throw refused('The query spreads a fragment that does not exist.')
    measured.set(name, 'measuring')
    const size = measure(fragment.selectionSet)
    measured.set(name, size)
    return size
  }

  function measure({ selections }: SelectionSetNode): Size {
    let size = nothing
    for (const node of selections) {
      if (node.kind === Kind.FIELD) size = sum(size, measureField(node))
      else {
        size = sum(size, { ...nothing, directives: node.directives?.length ?? 0 })
        size = sum(
          size,
          node.kind === Kind.FRAGMENT_SPREAD ? measureFragment(node.name.value) : measure(node.selectionSet)
        )
      }
      if (size.fields > maxFields) throw refused(`A query has up to ${maxFields} fields, with those of its fragments.`)
      if (size.aliases > maxAliases) throw refused(`A query has up to ${maxAliases} aliases.`)
      if (size.directives > maxDirectives) throw refused(`A query has up to ${maxDirectives} directives.`)
    }
    return size
  }

  for (const name of fragments.keys()) measureFragment(name)
  introspections = 0
  measured.clear()
  const { depth } = measure(operation.selectionSet)
  if (depth > maxDepth) throw refused(`A query is up to ${maxDepth} fields deep.`)
  if (operation.selectionSet.selections.length > maxRootFields) {
    throw refused(`A query has up to ${maxRootFields} fields at its root.`)
  }
  if ((operation.directives?.length ?? 0) > maxDirectives) throw refused('The query has too many directives.')
  return operation
}

/** Throws VALIDATION when lists of an introspection are inside of each other. The fragments contain no cycle. */
export function assertFlatIntrospection(document: DocumentNode, operation: OperationDefinitionNode): void {
  const fragments = fragmentsOf(document)
  const seen = new Set<string>()

  function visit(selectionSet: SelectionSetNode | undefined, isInside: boolean, isInList: boolean): void {
    for (const node of selectionSet?.selections ?? []) {
      if (node.kind === Kind.FIELD) {
        const name = node.name.value
        const isList = isInside && introspectionLists.has(name)
        if (isList && isInList) throw refused('Lists of the schema are not asked inside of each other.')
        visit(node.selectionSet, isInside || introspectionRoots.has(name), isInList || isList)
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        visit(node.selectionSet, isInside, isInList)
      } else {
        // Each fragment once for each kind of place, so that the time stays in proportion to the document.
        const key = `${node.name.value} ${isInside} ${isInList}`
        if (seen.has(key)) continue
        seen.add(key)
        visit(fragments.get(node.name.value)?.selectionSet, isInside, isInList)
      }
    }
  }

  visit(operation.selectionSet, false, false)
}
