import type { JsonSchema } from './schema-examples.ts'
import { namedSchemas } from './schema-names.ts'

/** Collects the named schemas of one OpenAPI document. */
export interface Components {
  /** Returns the schema with a reference in place of each named schema in it. */
  reference(schema: JsonSchema): JsonSchema
  /** Returns the named schemas that were met, by name. */
  schemas(): Record<string, object>
}

/** Returns the schema with its direct subschemas replaced. */
function mapSubschemas(schema: JsonSchema, replace: (subschema: JsonSchema) => JsonSchema): JsonSchema {
  const mapValues = (schemas: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(schemas).map(([name, subschema]) => [name, replace(subschema)]))
  const { properties, patternProperties, items, anyOf, ...own } = schema
  return {
    ...own,
    ...(properties && { properties: mapValues(properties) }),
    ...(patternProperties && { patternProperties: mapValues(patternProperties) }),
    ...(items && { items: replace(items) }),
    ...(anyOf && { anyOf: anyOf.map(replace) })
  }
}

/**
 * Returns what the schema means, with sorted keys: without examples, and with `enum` for `const`, as the document has
 * it.
 */
function meaningOf({ examples, example, const: only, ...schema }: JsonSchema): JsonSchema {
  const own = mapSubschemas(only === undefined ? schema : { ...schema, enum: [only] }, meaningOf)
  return Object.fromEntries(Object.entries(own).sort(([one], [other]) => one.localeCompare(other)))
}

/** Schemas with equal keys allow the same values. An answer has the description of its schema, so it is left out. */
function keyOf({ description, ...schema }: JsonSchema): string {
  return JSON.stringify(meaningOf(schema))
}

const namesByKey: ReadonlyMap<string, string> = new Map(namedSchemas.map(([name, schema]) => [keyOf(schema), name]))
const schemasByName: ReadonlyMap<string, JsonSchema> = new Map(namedSchemas)

/** Returns the name of a page after that of its items, such as ShowPage. */
function pageName({ type, properties = {} }: JsonSchema): string | undefined {
  const { items, nextCursor, ...others } = properties
  if (type !== 'object' || !items?.items || !nextCursor || Object.keys(others).length > 0) return undefined
  const itemName = namesByKey.get(keyOf(items.items))
  return itemName === undefined ? undefined : `${itemName}Page`
}

/** Creates the components of one document. They grow with each schema that is referenced. */
export function createComponents(): Components {
  const schemas = new Map<string, object>()

  function reference(schema: JsonSchema): JsonSchema {
    const name = namesByKey.get(keyOf(schema)) ?? pageName(schema)
    if (name === undefined) return mapSubschemas(schema, reference)
    if (!schemas.has(name)) {
      schemas.set(name, {}) // A schema may contain itself.
      schemas.set(name, mapSubschemas(schemasByName.get(name) ?? schema, reference))
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  return {
    reference,
    schemas: () => Object.fromEntries([...schemas].sort(([one], [other]) => one.localeCompare(other)))
  }
}
