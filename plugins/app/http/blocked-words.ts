import type { ErrorObject } from 'ajv'
import type { WordFilter } from './word-filter.ts'

/** The parts of a JSON schema that lead to texts with the keyword `x-blocked-words`. */
interface ShownSchema {
  anyOf?: readonly ShownSchema[]
  properties?: Readonly<Record<string, ShownSchema>>
  items?: ShownSchema
  'x-blocked-words'?: true
}

type FindWords = (data: unknown, path?: string) => ErrorObject[]

/**
 * Compiles a schema into a search for blocked words in the texts that its keyword `x-blocked-words` marks. Returns
 * undefined for a schema without such a text.
 */
export function compileWordCheck(schema: ShownSchema, words: WordFilter): FindWords | undefined {
  const { anyOf = [], properties = {}, items, 'x-blocked-words': isShown } = schema
  if (isShown) return (data, path = '') => (typeof data === 'string' && words.finds(data) ? [errorAt(path)] : [])
  const variants = anyOf.flatMap(variant => compileWordCheck(variant, words) ?? [])
  const members = Object.entries(properties).flatMap(([name, property]) => {
    const find = compileWordCheck(property, words)
    return find ? [{ name, find }] : []
  })
  const ofItem = items && compileWordCheck(items, words)
  if (variants.length === 0 && members.length === 0 && !ofItem) return undefined
  return (data, path = '') => [
    ...variants.flatMap(find => find(data, path)),
    ...(isObject(data) ? members.flatMap(({ name, find }) => find(data[name], `${path}/${name}`)) : []),
    ...(ofItem && Array.isArray(data) ? data.flatMap((item, n) => ofItem(item, `${path}/${n}`)) : [])
  ]
}

function isObject(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null
}

function errorAt(instancePath: string): ErrorObject {
  const message = 'must not contain words that are blocked here'
  return { instancePath, schemaPath: '', keyword: 'x-blocked-words', params: {}, message }
}
