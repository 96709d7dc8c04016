import { Long } from 'bson'
import { decodeTyped, encode, isDoc } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { CommandError } from '../errors.ts'
import { findDocuments, findInSlices } from '../query/find.ts'
import { compileMatcher } from '../query/matcher.ts'
import { compileProjection } from '../query/projection.ts'
import { parseSort } from '../query/sort.ts'
import { countDocuments } from './count.ts'
import { batchReply, batchSizeOf, firstBatchReply, projected } from './cursor-reply.ts'
import { DistinctValues } from './distinct.ts'
import { runPipeline } from './pipeline.ts'
import type { Command } from './request.ts'

const find: Command = {
  writes: false,
  run: request => {
    request.allowOptions([
      'filter',
      'sort',
      'projection',
      'skip',
      'limit',
      'batchSize',
      'singleBatch',
      'hint',
      'allowDiskUse'
    ])
    const project = compileProjection(request.body.projection)
    const found = findInSlices(request.collection, {
      filter: request.doc('filter'),
      sort: parseSort(request.body.sort),
      skip: request.number('skip'),
      limit: request.number('limit'),
      deadline: request.deadline,
      hint: request.hint
    })
    return firstBatchReply(request.store, request.namespace, projected(found, project), {
      batchSize: batchSizeOf(request.body.batchSize),
      isSingleBatch: request.flag('singleBatch')
    })
  }
}

function cursorId(value: unknown): bigint {
  if (typeof value === 'number') return BigInt(value)
  if (Long.isLong(value)) return value.toBigInt()
  throw new CommandError('TypeMismatch', "a cursor's id must be a 64-bit integer")
}

const getMore: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['collection', 'batchSize'])
    const { store, body, db, name } = request
    const id = cursorId(body[name])
    const namespace = `${db}.${String(body.collection)}`
    const cursor = store.cursors.get(id, namespace)
    const batch = cursor.take(batchSizeOf(body.batchSize) || Infinity)
    const { isExhausted } = cursor
    if (isExhausted) store.cursors.remove(id)
    return batchReply('nextBatch', batch, isExhausted ? 0n : id, namespace)
  }
}

const killCursors: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['cursors'])
    const ids = Array.isArray(request.body.cursors) ? request.body.cursors.map(cursorId) : []
    const killed = ids.filter(id => request.store.cursors.remove(id))
    const longs = (list: bigint[]) => list.map(id => Long.fromBigInt(id))
    return encode({
      cursorsKilled: longs(killed),
      cursorsNotFound: longs(ids.filter(id => !killed.includes(id))),
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1
    })
  }
}

const distinct: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['key', 'query'])
    const { key } = request.body
    if (typeof key !== 'string' || key === '') {
      throw new CommandError('TypeMismatch', "BSON field 'distinct.key' must be a non-empty string")
    }
    const values = new DistinctValues(key)
    for (const { bytes } of findDocuments(request.collection, {
      filter: request.doc('query'),
      deadline: request.deadline
    })) {
      values.addFrom(decodeTyped(bytes))
    }
    return encode({ values: values.all, ok: 1 })
  }
}

const aggregate: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['pipeline', 'cursor', 'hint', 'allowDiskUse', 'bypassDocumentValidation'])
    const { pipeline, cursor } = request.body
    if (!Array.isArray(pipeline)) {
      throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array")
    }
    if (!isDoc(cursor)) throw new CommandError('FailedToParse', "The 'cursor' option is required")
    const batchSize = batchSizeOf(cursor.batchSize)
    const documents = runPipeline(request, pipeline)
    return firstBatchReply(request.store, request.namespace, documents, { batchSize })
  }
}

/** `count` is what the driver's `estimatedDocumentCount` sends. A negative limit is the same as a positive one. */
const count: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['query', 'skip', 'limit', 'hint', 'fields'])
    const limit = numberIn(request.body.limit ?? 0)
    if (limit === undefined || !Number.isInteger(limit)) {
      throw new CommandError('TypeMismatch', "BSON field 'count.limit' is the wrong type, expected a whole number")
    }
    const search = { filter: request.doc('query'), skip: request.number('skip'), limit: Math.abs(limit) }
    compileMatcher(search.filter)
    const { collection, hint } = request
    if (hint !== undefined) findDocuments(collection, { filter: search.filter, hint })
    return encode({ n: countDocuments(collection, search, request.deadline), ok: 1 })
  }
}

/** The commands that read documents. */
export const readCommands: Readonly<Record<string, Command>> = {
  find,
  getMore,
  killCursors,
  distinct,
  aggregate,
  count
}
