import { isDoc, type Doc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError, notSupported } from '../errors.ts'
import { findDocuments, type Deadline } from '../query/find.ts'
import { compileMatcher } from '../query/matcher.ts'
import { choosePlan } from '../query/plan.ts'
import type { Collection } from '../store/collection.ts'
import { unsupportedStages } from '../unsupported.ts'

/** The parameters of a driver's `countDocuments`, read from its pipeline. */
export interface Count {
  filter: Doc
  skip: number
  /** 0: no limit. */
  limit: number
  /** The constant `_id` of the resulting document, and the name of its field with the number. */
  id: unknown
  field: string
}

function stageEntry(stage: unknown): [string, unknown] {
  const entries = isDoc(stage) ? Object.entries(stage) : []
  const [entry] = entries
  if (!entry || entries.length > 1) {
    throw new CommandError('FailedToParse', 'A pipeline stage specification object must contain exactly one field.')
  }
  return entry
}

function assertKnown(name: string): void {
  if (unsupportedStages.has(name)) throw notSupported(`The stage ${name}`)
  if (!['$match', '$skip', '$limit', '$group'].includes(name)) {
    throw new CommandError('UnrecognizedStage', `Unrecognized pipeline stage name: '${name}'`)
  }
}

function numberOf(name: string, argument: unknown, min: number): number {
  const number = numberIn(argument)
  if (number === undefined || !Number.isInteger(number) || number < min) {
    throw new CommandError('BadValue', `invalid argument to ${name} stage: ${String(argument)}`)
  }
  return number
}

/** Reads `{ $group: { _id: 1, n: { $sum: 1 } } }`: one group of all documents, with their number. */
function readGroup(argument: unknown): Pick<Count, 'id' | 'field'> {
  const { _id: id, ...fields } = isDoc(argument) ? argument : {}
  const [entry, ...others] = Object.entries(fields)
  const isConstant = id === null || numberIn(id) !== undefined
  if (!isConstant || !entry || others.length > 0) throw notSupported('A $group that does not count all documents')
  const [field, accumulator] = entry
  const isCount = isDoc(accumulator) && Object.keys(accumulator).length === 1 && numberIn(accumulator.$sum) === 1
  if (!isCount) throw notSupported('A $group that does not count all documents')
  return { id, field }
}

/**
 * Reads the only pipeline that the store knows, in this order: $match, $skip and $limit, each of which may be absent,
 * and $group that counts. Throws for any other, and names the stage.
 */
export function readCount(pipeline: readonly unknown[]): Count {
  const stages = pipeline.map(stageEntry)
  for (const [name] of stages) assertKnown(name)
  const next = (name: string): unknown => (stages[0]?.[0] === name ? stages.shift()?.[1] : undefined)
  const filter = next('$match') ?? {}
  if (!isDoc(filter)) throw new CommandError('BadValue', 'the match filter must be an expression in an object')
  const skip = next('$skip')
  const limit = next('$limit')
  const group = next('$group')
  if (group === undefined || stages.length > 0) {
    throw notSupported('A pipeline other than $match, $skip, $limit and $group in this order')
  }
  compileMatcher(filter)
  return {
    filter,
    skip: skip === undefined ? 0 : numberOf('$skip', skip, 0),
    limit: limit === undefined ? 0 : numberOf('$limit', limit, 1),
    ...readGroup(group)
  }
}

/**
 * Returns the number of documents that match a filter, without reading any: from the entries of an index whose ranges
 * are equivalent to the filter. Undefined if no index is.
 */
function countInIndex(collection: Collection, filter: Doc): number | undefined {
  if (Object.keys(filter).length === 0) return collection.count()
  const plan = choosePlan(collection.indexes, filter, [])
  return plan?.isExact ? plan.ranges.reduce((sum, range) => sum + plan.index.count(range), 0) : undefined
}

/** Counts the documents of a collection. */
export function countDocuments(
  collection: Collection | undefined,
  { filter, skip, limit }: Count,
  deadline: Deadline
): number {
  const counted = collection && countInIndex(collection, filter)
  if (counted !== undefined) return Math.min(Math.max(counted - skip, 0), limit === 0 ? Infinity : limit)
  let count = 0
  for (const found of findDocuments(collection, { filter, skip, limit, deadline })) if (found) count++
  return count
}
