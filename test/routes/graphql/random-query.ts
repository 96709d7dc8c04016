import fc from 'fast-check'
import {
  getNamedType,
  isEnumType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema
} from 'graphql'

/** Words that replace a part of a query. */
const strangeWords = [
  '{',
  '}',
  '(',
  ')',
  '...',
  '"',
  '"""',
  '$x',
  '@skip(if: 1)',
  'null',
  'fragment',
  '\u0000',
  '🎵',
  '#',
  '-1'
]

/** Returns the values of an argument, in the language of queries: mostly values that it takes. */
function valueOf({ name, type }: GraphQLArgument, ids: readonly string[]): fc.Arbitrary<string> {
  const named = getNamedType(type)
  const quoted = fc.string({ maxLength: 12 }).map(text => JSON.stringify(text))
  const strange = fc.constantFrom('null', '0', '-1', '101', '1e9', 'true', '[]', '{}', 'live', '$nothing', '""')
  const id = fc.constantFrom(...ids).map(text => JSON.stringify(text))
  const usual = isEnumType(named)
    ? fc.constantFrom(...named.getValues().map(({ name }) => name))
    : name === 'first'
      ? fc.integer({ min: 1, max: 100 }).map(String)
      : named.name === 'Boolean'
        ? fc.boolean().map(String)
        : named.name === 'ID'
          ? id
          : fc.oneof(quoted, id)
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: strange })
}

/** Returns random queries that fit the schema, except for some values of arguments. They may exceed the limits. */
export function randomQuery(schema: GraphQLSchema, ids: readonly string[]): fc.Arbitrary<string> {
  function argumentsOf({ args }: GraphQLField<unknown, unknown>): fc.Arbitrary<string> {
    if (args.length === 0) return fc.constant('')
    const required = args.filter(({ type }) => String(type).endsWith('!'))
    return fc
      .subarray([...args])
      .chain(some =>
        fc.tuple(
          ...[...new Set([...required, ...some])].map(arg => valueOf(arg, ids).map(text => `${arg.name}: ${text}`))
        )
      )
      .map(parts => (parts.length === 0 ? '' : `(${parts.join(', ')})`))
  }

  function fieldOf(field: GraphQLField<unknown, unknown>, depth: number): fc.Arbitrary<string> {
    const type = getNamedType(field.type)
    const selection = isObjectType(type) ? selectionOf(type, depth - 1) : fc.constant('')
    const alias = fc.oneof(
      { weight: 9, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('a: ', 'b: ') }
    )
    const directive = fc.oneof(
      { weight: 15, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom(' @skip(if: true)', ' @include(if: true)', ' @unknown') }
    )
    return fc
      .tuple(alias, argumentsOf(field), directive, selection)
      .map(([alias, args, directive, selection]) => `${alias}${field.name}${args}${directive}${selection}`)
  }

  function selectionOf(type: GraphQLObjectType, depth: number): fc.Arbitrary<string> {
    const fields = Object.values(type.getFields())
    const possible = fields.filter(field => depth > 0 || !isObjectType(getNamedType(field.type)))
    if (possible.length === 0) return fc.constant(' { __typename }')
    return fc
      .subarray(possible, { minLength: 1, maxLength: Math.min(4, possible.length) })
      .chain(some => fc.tuple(...some.map(field => fieldOf(field, depth))))
      .map(parts => ` { ${parts.join(' ')} }`)
  }

  const query = schema.getQueryType()
  if (!query) throw new Error('the schema has no query')
  return fc.integer({ min: 2, max: 9 }).chain(depth => selectionOf(query, depth))
}

/** Returns queries with a part that was removed, repeated or replaced. Few of them are valid. */
export function damaged(queries: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(), fc.constantFrom('remove', 'repeat', 'replace'), fc.constantFrom(...strangeWords))
  return fc.tuple(queries, fc.array(change, { minLength: 1, maxLength: 3 })).map(([query, changes]) => {
    const parts = query.match(/\w+|"[^"]*"|\s+|./gu) ?? []
    for (const [place, kind, word] of changes) {
      const at = place % parts.length
      parts.splice(
        at,
        1,
        ...(kind === 'remove' ? [] : kind === 'replace' ? [word] : [parts[at] ?? '', ' ', parts[at] ?? ''])
      )
    }
    return parts.join('') || '{'
  })
}
