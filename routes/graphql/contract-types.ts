import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLString,
  type GraphQLOutputType
} from 'graphql'
import { Id } from '../../contract/primitives.ts'

/** JSON Schema as far as the contract uses it. */
interface ContractSchema {
  type?: string
  enum?: readonly unknown[]
  anyOf?: readonly ContractSchema[]
  items?: ContractSchema
  properties?: Readonly<Record<string, ContractSchema>>
  required?: readonly string[]
  format?: string
  pattern?: string
  description?: string
}

/** Fields beside those of the contract, by type. They may use the types of the contract. */
export type MoreFields = Readonly<Record<string, () => ReturnType<GraphQLObjectType['toConfig']>['fields']>>

/** The GraphQL types of the contract. */
export interface ContractTypes {
  /** Returns the object type with this name. Throws when the contract has none. */
  object(name: string): GraphQLObjectType
  /** Returns the enumeration with this name. Throws when the contract has none. */
  enumeration(name: string): GraphQLEnumType
}

/** Integers that may exceed the 32 bits of `Int`: durations, sizes and times. */
const wideInteger = /Ms$|Bytes$|^at$/

/** Pattern of the ids of the contract. */
const { pattern: idPattern }: ContractSchema = Id

/** A time of the contract. */
const IsoTime = new GraphQLScalarType<string, string>({ name: 'IsoTime', description: 'ISO 8601, UTC' })

/** Schemas with equal keys allow the same values. Descriptions and examples are left out. */
function keyOf(schema: ContractSchema): string {
  return JSON.stringify(schema, (name: string, value: unknown) =>
    (name === 'description' && typeof value === 'string') || name === 'examples' ? undefined : value
  )
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/**
 * Creates GraphQL types from schemas of the contract, under their names there. A nested schema without a name gets the
 * names of its owner and its field. A field is nullable where the contract allows null or leaves it out.
 */
export function createContractTypes(named: Readonly<Record<string, ContractSchema>>, more: MoreFields): ContractTypes {
  const namesByKey = new Map(Object.entries(named).map(([name, schema]) => [keyOf(schema), name]))
  const objects = new Map<string, GraphQLObjectType>()
  const enumerations = new Map<string, GraphQLEnumType>()

  function enumerationOf(name: string, values: readonly unknown[]): GraphQLEnumType {
    const existing = enumerations.get(name)
    if (existing) return existing
    const type = new GraphQLEnumType({
      name,
      values: Object.fromEntries(values.map(value => [String(value), { value }]))
    })
    enumerations.set(name, type)
    return type
  }

  function objectOf(name: string, { properties = {}, required = [], description }: ContractSchema): GraphQLObjectType {
    const existing = objects.get(name)
    if (existing) return existing
    const fields = () => ({
      ...Object.fromEntries(
        Object.entries(properties).map(([field, schema]) => {
          const { type, isNullable } = typeOf(schema, name, field)
          return [
            field,
            {
              type: isNullable || !required.includes(field) ? type : new GraphQLNonNull(type),
              ...(schema.description !== undefined && { description: schema.description })
            }
          ]
        })
      ),
      ...more[name]?.()
    })
    const type = new GraphQLObjectType({ name, ...(description !== undefined && { description }), fields })
    objects.set(name, type)
    return type
  }

  function scalarOf({ type, format, pattern }: ContractSchema, field: string): GraphQLScalarType {
    if (type === 'string') return format === 'date-time' ? IsoTime : pattern === idPattern ? GraphQLID : GraphQLString
    if (type === 'integer') return wideInteger.test(field) ? GraphQLFloat : GraphQLInt
    if (type === 'number') return GraphQLFloat
    if (type === 'boolean') return GraphQLBoolean
    throw new Error(`the field ${field} has no GraphQL type: ${type}`)
  }

  function typeOf(
    schema: ContractSchema,
    owner: string,
    field: string
  ): { type: Exclude<GraphQLOutputType, GraphQLNonNull<never>>; isNullable: boolean } {
    const { anyOf, items, properties } = schema
    if (anyOf) {
      const [variant, ...others] = anyOf.filter(({ type }) => type !== 'null')
      if (!variant || others.length > 0) throw new Error(`the field ${owner}.${field} is a union`)
      return { type: typeOf(variant, owner, field).type, isNullable: anyOf.length > 1 }
    }
    if (items) {
      const item = typeOf(items, owner, field)
      return { type: new GraphQLList(item.isNullable ? item.type : new GraphQLNonNull(item.type)), isNullable: false }
    }
    const name = namesByKey.get(keyOf(schema)) ?? owner + capitalised(field)
    if (schema.enum) return { type: enumerationOf(name, schema.enum), isNullable: false }
    return { type: properties ? objectOf(name, schema) : scalarOf(schema, field), isNullable: false }
  }

  function schemaOf(name: string): ContractSchema {
    const schema = named[name]
    if (!schema) throw new Error(`the contract has no ${name}`)
    return schema
  }

  return {
    object: name => objectOf(name, schemaOf(name)),
    enumeration: name => enumerationOf(name, schemaOf(name).enum ?? [])
  }
}
