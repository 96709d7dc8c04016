import { isDoc, type Doc } from '../bson/codec.ts'
import { equalValues } from '../bson/key.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Collection } from '../store/collection.ts'
import type { Index } from '../store/index.ts'
import { planWith, type Plan } from './plan.ts'
import type { SortField } from './sort.ts'

/** Checks a hint where there is no collection, and so no index. */
export function assertHint(hint: unknown): void {
  if (typeof hint !== 'string' && !isDoc(hint)) {
    throw new CommandError('FailedToParse', "'hint' must be a string or an object")
  }
}

function indexOf(collection: Collection, hint: unknown): Index {
  assertHint(hint)
  if (isDoc(hint) && '$natural' in hint) throw notSupported('A hint at $natural')
  const found = collection.indexes.find(
    ({ name, spec }) => name === hint || (isDoc(hint) && Object.keys(hint).length > 0 && equalValues(spec.key, hint))
  )
  if (found) return found
  throw new CommandError('BadValue', 'hint provided does not correspond to an existing index')
}

/**
 * Returns the plan with the index that a client names. Throws BadValue if there is no such index, and refuses a sparse
 * one that does not have all documents of the query: MongoDB would leave out the others.
 */
export function hintedPlan(
  collection: Collection,
  hint: unknown,
  filter: Doc,
  sort: readonly SortField[]
): Plan<Index> {
  const planned = planWith(indexOf(collection, hint), filter, sort, true)
  if (!planned) throw notSupported('A hint at a sparse index that does not have all documents of the query')
  return planned.plan
}
