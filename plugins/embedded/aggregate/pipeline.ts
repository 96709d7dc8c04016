import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { findDocuments } from '../query/find.ts'
import { compileMatcher } from '../query/matcher.ts'
import { parseSort, sortKeyOf, type SortField } from '../query/sort.ts'
import type { Collection } from '../store/collection.ts'
import { compileGroup } from './group.ts'
import { compileLookup } from './lookup.ts'
import { compileAddFields, compileProject, type DocumentMap } from './project.ts'
import type { Stage, Surroundings } from './stage.ts'
import { compileUnwind } from './unwind.ts'

function mapped(map: DocumentMap): Stage {
  return function* (docs) {
    for (const doc of docs) yield map(doc)
  }
}

function positive(argument: unknown, name: string, least: number): number {
  const number = numberIn(argument)
  if (number === undefined || !Number.isInteger(number) || number < least) {
    throw new CommandError('BadValue', `invalid argument to ${name} stage: ${String(argument)}`)
  }
  return number
}

function limit(argument: unknown): Stage {
  const most = positive(argument, '$limit', 1)
  return function* (docs) {
    let n = 0
    for (const doc of docs) {
      yield doc
      if (++n >= most) return
    }
  }
}

function skip(argument: unknown): Stage {
  const first = positive(argument, '$skip', 0)
  return function* (docs) {
    let n = 0
    for (const doc of docs) if (++n > first) yield doc
  }
}

function sort(argument: unknown): Stage {
  const key = sortKeyOf(stageSort(argument))
  return docs =>
    Array.from(docs, doc => ({ doc, key: key(doc) }))
      .sort((a, b) => Buffer.compare(a.key, b.key))
      .map(({ doc }) => doc)
}

function stageSort(argument: unknown): SortField[] {
  const fields = parseSort(argument)
  if (fields.length === 0) throw new CommandError('BadValue', '$sort stage must have at least one sort key')
  return fields
}

function match(argument: unknown): Stage {
  const matches = compileMatcher(filterOf(argument))
  return function* (docs) {
    for (const doc of docs) if (matches(doc)) yield doc
  }
}

function filterOf(argument: unknown): Doc {
  if (!isDoc(argument)) throw new CommandError('BadValue', 'the match filter must be an expression in an object')
  return argument
}

function count(argument: unknown): Stage {
  if (typeof argument !== 'string' || argument === '' || argument.startsWith('$') || argument.includes('.')) {
    throw new CommandError('BadValue', "the count field must be a non-empty string without '$' or '.'")
  }
  return function* (docs) {
    const { length } = Array.from(docs, () => true)
    if (length > 0) yield { [argument]: length }
  }
}

const stages: Readonly<Record<string, (argument: unknown, around: Surroundings) => Stage>> = {
  $match: match,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $count: count,
  $project: argument => mapped(compileProject(argument)),
  $addFields: argument => mapped(compileAddFields(argument, '$addFields')),
  $set: argument => mapped(compileAddFields(argument, '$set')),
  $group: compileGroup,
  $unwind: compileUnwind,
  $lookup: (argument, around) => compileLookup(argument, around, runPipeline)
}

const absent: ReadonlySet<string> = new Set([
  '$bucket',
  '$bucketAuto',
  '$changeStream',
  '$collStats',
  '$densify',
  '$documents',
  '$facet',
  '$fill',
  '$geoNear',
  '$graphLookup',
  '$indexStats',
  '$merge',
  '$out',
  '$redact',
  '$replaceRoot',
  '$replaceWith',
  '$sample',
  '$search',
  '$setWindowFields',
  '$sortByCount',
  '$unionWith',
  '$unset',
  '$vectorSearch'
])

function stageEntry(stage: unknown): [string, unknown] {
  const entries = isDoc(stage) ? Object.entries(stage) : []
  const [entry] = entries
  if (!entry || entries.length > 1) {
    throw new CommandError('FailedToParse', 'A pipeline stage specification object must contain exactly one field.')
  }
  return entry
}

function compileStage([name, argument]: [string, unknown], around: Surroundings): Stage {
  if (absent.has(name)) throw notSupported(`The stage ${name}`)
  const compile = Object.hasOwn(stages, name) ? stages[name] : undefined
  if (!compile) throw new CommandError('UnrecognizedStage', `Unrecognized pipeline stage name: '${name}'`)
  return compile(argument, around)
}

/** How much of a pipeline's beginning is a search that indexes can answer: its conditions, an order, and how many. */
function leadingSearch(entries: ReadonlyArray<[string, unknown]>): {
  used: number
  clauses: Doc[]
  sort: SortField[]
  limit: number
} {
  const firstOther = entries.findIndex(([name]) => name !== '$match')
  const clauses = entries
    .slice(0, firstOther === -1 ? entries.length : firstOther)
    .map(([, argument]) => filterOf(argument))
  let used = clauses.length
  const [nextName, nextArgument] = entries[used] ?? []
  const sortBy = nextName === '$sort' ? stageSort(nextArgument) : []
  if (sortBy.length > 0) used++
  const [lastName, lastArgument] = entries[used] ?? []
  const most = lastName === '$limit' ? positive(lastArgument, '$limit', 1) : 0
  return { used: most > 0 ? used + 1 : used, clauses, sort: sortBy, limit: most }
}

/** Runs a pipeline over a collection, of which `given` chooses the documents. Throws at once, naming it, for what is not known. */
export function runPipeline(
  collection: Collection | undefined,
  given: Doc,
  pipeline: readonly unknown[],
  around: Surroundings
): Iterable<Doc> {
  const entries = pipeline.map(stageEntry)
  const { used, clauses, sort: order, limit: most } = leadingSearch(entries)
  const all = Object.keys(given).length > 0 ? [given, ...clauses] : clauses
  const filter = all.length <= 1 ? (all[0] ?? {}) : { $and: all }
  const rest = entries.slice(used).map(entry => compileStage(entry, around))
  const found = findDocuments(collection, {
    filter,
    sort: order,
    limit: most,
    ...(around.deadline ? { deadline: around.deadline } : {})
  })
  return rest.reduce<Iterable<Doc>>((docs, stage) => stage(docs), docsOf(found))
}

function* docsOf(found: Iterable<{ doc: Doc }>): Generator<Doc> {
  for (const { doc } of found) yield doc
}
