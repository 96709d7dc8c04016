import { isDoc, ownField, type Doc } from '../bson/codec.ts'
import { keyStringOf } from '../bson/key.ts'
import { isArrayIndex } from '../bson/paths.ts'

/**
 * Yields the values at a path, as `distinct` follows it: an array at its end gives its elements. On the way, a number
 * names an element of an array, and any other name leads into all documents in it.
 */
function* valuesAt(value: unknown, path: readonly string[]): Generator<unknown> {
  const [part, ...rest] = path
  if (part === undefined) {
    if (Array.isArray(value)) yield* value
    else if (value !== undefined) yield value
  } else if (Array.isArray(value)) {
    if (isArrayIndex(part)) yield* valuesAt(value[Number(part)], rest)
    else for (const element of value) if (isDoc(element)) yield* valuesAt(element, path)
  } else if (isDoc(value)) yield* valuesAt(ownField(value, part), rest)
}

/** Collects different values. Of equal numbers with different types, the first one is kept. */
export class DistinctValues {
  readonly #path: readonly string[]
  readonly #values = new Map<string, unknown>()

  constructor(key: string) {
    this.#path = key.split('.')
  }

  get all(): unknown[] {
    return [...this.#values.values()]
  }

  /** Adds the values of a document, decoded for writing: those of an array are added in their order. */
  addFrom(doc: Doc): void {
    const own = Array.from(valuesAt(doc, this.#path), value => ({ key: keyStringOf(value), value }))
    own.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    for (const { key, value } of own) if (!this.#values.has(key)) this.#values.set(key, value)
  }
}
