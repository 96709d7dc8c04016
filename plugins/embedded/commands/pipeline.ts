import { Double, Int32, Long } from 'bson'
import { decodeTyped, encode, isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { findInSlices, type Search } from '../query/find.ts'
import { compileMatcher } from '../query/matcher.ts'
import { compileProjection } from '../query/projection.ts'
import { parseSort } from '../query/sort.ts'
import { unsupportedStages } from '../unsupported.ts'
import { countDocuments, countInIndex } from './count.ts'
import { projected } from './cursor-reply.ts'
import type { Collection } from '../store/collection.ts'
import type { Request } from './request.ts'

/** The stages that the store knows, in the only order that it knows. The last three exclude each other. */
export const stagesInOrder = ['$match', '$sort', '$skip', '$limit', '$project', '$group', '$count']
const lastStages: ReadonlySet<string> = new Set(['$project', '$group', '$count'])

type Stage = [name: string, argument: unknown]

function stageOf(stage: unknown): Stage {
  const entries = isDoc(stage) ? Object.entries(stage) : []
  const [entry] = entries
  if (!entry || entries.length > 1) {
    throw new CommandError('FailedToParse', 'A pipeline stage specification object must contain exactly one field.')
  }
  return entry
}

function stagesOf(pipeline: readonly unknown[]): ReadonlyMap<string, unknown> {
  const stages = pipeline.map(stageOf)
  for (const [name] of stages) {
    if (unsupportedStages.has(name)) throw notSupported(`The stage ${name}`)
    if (!stagesInOrder.includes(name)) {
      throw new CommandError('UnrecognizedStage', `Unrecognized pipeline stage name: '${name}'`)
    }
  }
  const places = stages.map(([name]) => stagesInOrder.indexOf(name))
  const isInOrder = places.every((place, n) => n === 0 || place > (places[n - 1] ?? place))
  if (!isInOrder || stages.filter(([name]) => lastStages.has(name)).length > 1) {
    throw notSupported(
      'A pipeline other than $match, $sort, $skip, $limit and one of $project, $group, $count in this order'
    )
  }
  return new Map(stages)
}

function documentOf(stages: ReadonlyMap<string, unknown>, name: string): Doc | undefined {
  const argument = stages.get(name)
  if (!stages.has(name) || isDoc(argument)) return isDoc(argument) ? argument : undefined
  throw new CommandError('FailedToParse', `the argument of ${name} must be an object`)
}

function numberOf(stages: ReadonlyMap<string, unknown>, name: string, min: number): number {
  if (!stages.has(name)) return 0
  const number = numberIn(stages.get(name))
  if (number === undefined || !Number.isInteger(number) || number < min) {
    throw new CommandError('BadValue', `invalid argument to ${name} stage: ${String(stages.get(name))}`)
  }
  return number
}

function notEmpty(name: string, argument: Doc | undefined): Doc | undefined {
  if (argument && Object.keys(argument).length === 0) {
    throw new CommandError('FailedToParse', `${name} must have at least one field`)
  }
  return argument
}

function countedAs(one: unknown, n: number): Int32 | Long | Double {
  if (one instanceof Double) return new Double(n)
  return one instanceof Int32 && n < 2 ** 31 ? new Int32(n) : Long.fromNumber(n)
}

/**
 * Reads `{ _id: 1, n: { $sum: 1 } }`: one group of all documents, with their number in the type of `$sum`. The argument
 * is decoded for writing.
 */
function readGroup(argument: Doc): (n: number) => Doc {
  const { _id: id, ...fields } = argument
  const [entry, ...others] = Object.entries(fields)
  const isConstant = id === null || (id !== undefined && numberIn(id) !== undefined)
  if (!isConstant || !entry || others.length > 0) throw notSupported('A $group that does not count all documents')
  const [field, accumulator] = entry
  const one = isDoc(accumulator) && Object.keys(accumulator).length === 1 ? accumulator.$sum : undefined
  if (numberIn(one) !== 1) throw notSupported('A $group that does not count all documents')
  if (field.includes('.') || field.startsWith('$')) {
    throw new CommandError('FailedToParse', `The field name '${field}' cannot contain '.' or begin with '$'`)
  }
  return n => ({ _id: id, [field]: countedAs(one, n) })
}

/**
 * Returns the field whose values `{ _id: '$field', n: { $sum: 1 } }` counts, and the counted values: those in the `$in`
 * of the filter. Undefined for any other group.
 */
function readCountedField({ _id: id }: Doc, filter: Doc): { field: string; values: string[] } | undefined {
  const field = typeof id === 'string' ? /^\$(\w+)$/.exec(id)?.[1] : undefined
  const condition = field === undefined ? undefined : filter[field]
  if (field === undefined || !isDoc(condition) || Object.keys(condition).join() !== '$in') return undefined
  const { $in: values } = condition
  const isStrings = Array.isArray(values) && values.every(value => typeof value === 'string')
  return isStrings ? { field, values: [...new Set<string>(values)] } : undefined
}

/** Counts the documents of each value from the entries of an index. Throws when no index has the answer. */
function* countByValue(
  collection: Collection | undefined,
  filter: Doc,
  { field, values }: { field: string; values: readonly string[] },
  groupOf: (id: unknown, n: number) => Doc
): Generator<Uint8Array> {
  if (!collection) return
  for (const value of values) {
    const n = countInIndex(collection, { ...filter, [field]: value })
    if (n === undefined) throw notSupported('A $group by a field without an index that answers the $match')
    if (n > 0) yield encode(groupOf(value, n))
  }
}

/** Reads the name of the field with the number. */
function readCount(name: unknown): (n: number) => Doc {
  if (typeof name !== 'string' || name === '' || name.includes('.') || /^\$|\0/.test(name)) {
    throw new CommandError('FailedToParse', 'the count field must be a non-empty string without dots and $')
  }
  return n => ({ [name]: countedAs(new Int32(1), n) })
}

/** Returns the argument of `$group` with the types of its numbers. */
function typedGroup(request: Request): Doc {
  const { pipeline } = decodeTyped(request.bytes)
  const typed = Array.isArray(pipeline) ? new Map(pipeline.map(stageOf)).get('$group') : undefined
  return isDoc(typed) ? typed : {}
}

/** Returns what makes a document of the number of all documents, or undefined if the pipeline does not count. */
function readCounter(request: Request, stages: ReadonlyMap<string, unknown>): ((n: number) => Doc) | undefined {
  if (stages.has('$count')) return readCount(stages.get('$count'))
  return stages.has('$group') ? readGroup(typedGroup(request)) : undefined
}

/**
 * Runs an aggregation that a query or a count can answer. Throws for any other, and names the stage. A count of no
 * documents has no result.
 */
export function runPipeline(request: Request, pipeline: readonly unknown[]): Iterable<Uint8Array | undefined> {
  const stages = stagesOf(pipeline)
  const search: Search & { filter: Doc; skip: number; limit: number } = {
    filter: documentOf(stages, '$match') ?? {},
    sort: parseSort(notEmpty('$sort', documentOf(stages, '$sort'))),
    skip: numberOf(stages, '$skip', 0),
    limit: numberOf(stages, '$limit', 1),
    deadline: request.deadline,
    hint: request.hint
  }
  compileMatcher(search.filter)
  if (request.body.aggregate === 1) throw notSupported('An aggregation of a database instead of a collection')
  const group = documentOf(stages, '$group')
  const counted = group && readCountedField(group, search.filter)
  if (counted && stages.size === 2) {
    const { _id, ...fields } = typedGroup(request)
    const groupOf = (id: unknown, n: number) => ({ ...readGroup({ _id: null, ...fields })(n), _id: id })
    return countByValue(request.collection, search.filter, counted, groupOf)
  }
  const counter = readCounter(request, stages)
  const project = compileProjection(notEmpty('$project', documentOf(stages, '$project')))
  const found = findInSlices(request.collection, search)
  if (!counter) return projected(found, project)
  const n = countDocuments(request.collection, search, request.deadline)
  return n === 0 ? [] : [encode(counter(n))]
}
