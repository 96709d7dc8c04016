import type { Doc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import type { Collection } from '../store/collection.ts'
import type { Index } from '../store/index.ts'
import { assertHint, hintedPlan } from './hint.ts'
import { compileMatcher, type Matcher } from './matcher.ts'
import { choosePlan, type Plan } from './plan.ts'
import { scan, type FoundDocument } from './scan.ts'
import { sortKeyOf, type SortField } from './sort.ts'

/** Maximum size of the documents that are sorted in memory, the same as MongoDB's. */
const maxSortBytes = 100 * 1024 * 1024

/** After this many documents in a row that do not match, a search in slices yields nothing, so that it can pause. */
const maxUnmatched = 64

/** When a sort with a limit holds this many documents more than twice the limit, it drops those after the limit. */
const sortSlack = 1000

export interface Search {
  filter: Doc
  sort?: readonly SortField[]
  skip?: number
  /** 0: no limit. */
  limit?: number
  deadline?: Deadline
  /** The index to use, by name or key, if the client gives one. */
  hint?: unknown
}

/** The time at which a command must stop, on the clock of `performance.now()`. */
export interface Deadline {
  atMs: number
}

/** Whether a document that was found matches the query. */
type Test = (found: FoundDocument) => boolean

interface Sortable {
  key: Buffer
  found: FoundDocument
}

/** Sorts documents and returns the first `keep` of them. */
function sortAll(all: Iterable<FoundDocument | undefined>, sort: readonly SortField[], keep: number): FoundDocument[] {
  const keyOfDoc = sortKeyOf(sort)
  const byKey = (a: Sortable, b: Sortable) => Buffer.compare(a.key, b.key) || a.found.row - b.found.row
  let kept: Sortable[] = []
  let bytes = 0
  for (const found of all) {
    if (!found) continue
    kept.push({ key: keyOfDoc(found.doc), found })
    bytes += found.bytes.byteLength
    if (bytes > maxSortBytes || kept.length > 2 * keep + sortSlack) {
      kept = kept.sort(byKey).slice(0, keep)
      bytes = kept.reduce((sum, each) => sum + each.found.bytes.byteLength, 0)
    }
    if (bytes > maxSortBytes) {
      throw new CommandError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Sort exceeded memory limit of ${maxSortBytes} bytes: create an index with this order`
      )
    }
  }
  return kept
    .sort(byKey)
    .slice(0, keep)
    .map(({ found }) => found)
}

function* matching(
  all: Iterable<FoundDocument>,
  matches: Test | undefined,
  deadline: Deadline | undefined
): Generator<FoundDocument | undefined> {
  let unmatched = 0
  for (const found of all) {
    if (deadline && performance.now() > deadline.atMs) {
      throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit')
    }
    if (!matches || matches(found)) {
      yield found
      unmatched = 0
    } else if (++unmatched % maxUnmatched === 0) yield undefined
  }
}

/**
 * Returns the test of the documents that a plan finds, or undefined if all of them match. Documents with keys that are
 * equivalent to the filter are tested only after a document of the collection has changed: keys are read some at a
 * time, and a search in slices may pause before it reads their documents.
 */
function testOf(collection: Collection | undefined, plan: Plan<Index> | undefined, filter: Doc): Test | undefined {
  if (Object.keys(filter).length === 0) return undefined
  if (!collection || !plan?.isExact) {
    const matches = compileMatcher(filter)
    return ({ doc }) => matches(doc)
  }
  const { changes } = collection
  let matches: Matcher | undefined
  return found => {
    if (collection.changes === changes) return true
    matches ??= compileMatcher(filter)
    return matches(found.doc)
  }
}

function* window(
  all: Iterable<FoundDocument | undefined>,
  skip: number,
  limit: number
): Generator<FoundDocument | undefined> {
  if (limit < 1) return
  let n = 0
  for (const found of all) {
    if (!found || ++n > skip) yield found
    if (n >= skip + limit) return
  }
}

function* lazily(make: () => Iterable<FoundDocument | undefined>): Generator<FoundDocument | undefined> {
  yield* make()
}

/** Finds documents like `findInSlices`, but does not pause. */
export function findDocuments(collection: Collection | undefined, search: Search): Generator<FoundDocument> {
  return onlyFound(findInSlices(collection, search))
}

function* onlyFound(all: Iterable<FoundDocument | undefined>): Generator<FoundDocument> {
  for (const found of all) if (found) yield found
}

/**
 * Finds documents. Yields undefined where it has read a number of documents that do not match, so that the caller may
 * pause there. An invalid query throws at once. Documents are read when the caller asks for them, unless no index
 * has the requested order: then all are read and sorted first. Without a collection, the query is checked and nothing
 * is found.
 */
export function findInSlices(collection: Collection | undefined, search: Search): Generator<FoundDocument | undefined> {
  const { filter, sort = [], skip = 0, deadline, hint } = search
  if (hint !== undefined) assertHint(hint)
  const plan =
    collection &&
    (hint === undefined ? choosePlan(collection.indexes, filter, sort) : hintedPlan(collection, hint, filter, sort))
  const matches = testOf(collection, plan, filter)
  const limit = search.limit === undefined || search.limit === 0 ? Infinity : search.limit
  return lazily(() => {
    if (!collection) return []
    const found = matching(scan(collection, plan), matches, deadline)
    const inOrder = sort.length === 0 || plan?.isOrdered ? found : sortAll(found, sort, skip + limit)
    return window(inOrder, skip, limit)
  })
}
