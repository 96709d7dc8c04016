import {
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType
} from 'graphql'
import t from 'tap'
import { createGraphqlSchema, namedSchemas } from '../../../routes/graphql/schema.ts'

interface Json {
  type?: string
  enum?: string[]
  anyOf?: Json[]
  items?: Json
  properties?: Record<string, Json>
  required?: string[]
}

/** Fields of GraphQL types that the contract does not have. */
const more: Readonly<Record<string, string[]>> = {
  Show: ['songsOnAir', 'playlist', 'comments', 'analytics'],
  Person: ['profile'],
  PublicUser: ['followers', 'following', 'shows']
}
const scalars: Readonly<Record<string, string[]>> = {
  string: ['String', 'ID', 'IsoTime'],
  integer: ['Int', 'Float'],
  number: ['Float'],
  boolean: ['Boolean']
}
/** Integers that may need more than 32 bits. */
const wide = /Ms$|Bytes$|^at$/

const schema = createGraphqlSchema()

/** Returns how a type differs from its schema in the contract. */
function differences(json: Json, type: GraphQLOutputType, place: string, isRequired: boolean): string[] {
  const variants = json.anyOf?.filter(({ type }) => type !== 'null') ?? [json]
  const [only = {}] = variants
  const mayBeNull = !isRequired || (json.anyOf?.length ?? 0) > variants.length
  const bare = getNullableType(type)
  const wrong = isNonNullType(type) === mayBeNull ? [`${place} is ${String(type)}`] : []
  if (variants.length > 1) return [...wrong, `${place} is a union`]
  if (only.items) {
    return isListType(bare)
      ? [...wrong, ...differences(only.items, bare.ofType, `${place}[]`, true)]
      : [...wrong, `${place} is no list`]
  }
  const named = getNamedType(bare)
  if (isListType(bare)) return [...wrong, `${place} is a list`]
  if (only.enum) {
    const names = isEnumType(named) ? named.getValues().map(({ name }) => name) : []
    return names.toSorted().join() === only.enum.toSorted().join() ? wrong : [...wrong, `${place} has ${names.join()}`]
  }
  if (!only.properties) {
    const fits = scalars[only.type ?? '']?.includes(named.name) ?? false
    const isNarrow = only.type === 'integer' && wide.test(place) && named.name === 'Int'
    return fits && !isNarrow ? wrong : [...wrong, `${place} is ${named.name}`]
  }
  if (!isObjectType(named)) return [...wrong, `${place} is ${named.name}`]
  const fields = named.getFields()
  const names = [...Object.keys(only.properties), ...(more[named.name] ?? [])]
  const unlike = names.toSorted().join() === Object.keys(fields).toSorted().join() ? [] : [`${place} has other fields`]
  return [
    ...wrong,
    ...unlike,
    ...Object.entries(only.properties).flatMap(([name, property]) => {
      const field = fields[name]
      // A type that contains itself is checked under its own name.
      if (!field || (isObjectType(getNamedType(field.type)) && getNamedType(field.type).name in namedSchemas)) return []
      return differences(property, field.type, `${place}.${name}`, only.required?.includes(name) ?? false)
    })
  ]
}

for (const [name, json] of Object.entries(namedSchemas)) {
  t.test(`${name} has the fields, types and nulls of the contract`, async t => {
    const type = schema.getType(name)
    if (!type || !('name' in type)) return t.fail('the schema does not have it')
    t.same(differences(json, type as GraphQLOutputType, name, false), [])
  })
}

t.test('a difference is found', async t => {
  const person = schema.getType('Person') as GraphQLOutputType
  const id = { type: 'string' }
  const properties = { id, displayName: id, avatarUrl: { anyOf: [id, { type: 'null' }] } }
  const required = ['id', 'displayName', 'avatarUrl']
  const found = (changed: Json) => differences({ type: 'object', properties, required, ...changed }, person, 'P', false)
  t.same(found({}), [])
  t.same(found({ required: ['id', 'avatarUrl'] }), ['P.displayName is String!'])
  t.same(found({ properties: { ...properties, displayName: { type: 'integer' } } }), ['P.displayName is String'])
  t.same(found({ properties: { id, displayName: id } }), ['P has other fields'])
})
