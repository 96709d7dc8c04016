import { Long } from 'bson'
import { decodeTyped, encode, isDoc } from '../bson/codec.ts'
import { keyStringOf } from '../bson/key.ts'
import { valuesAt } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import { findDocuments } from '../query/find.ts'
import { compileProjection, type Projection } from '../query/projection.ts'
import type { FoundDocument } from '../query/scan.ts'
import { parseSort } from '../query/sort.ts'
import { countDocuments, readCount } from './count.ts'
import { batchReply, batchSizeOf, firstBatchReply } from './cursor-reply.ts'
import type { Command } from './request.ts'

function* bytesOf(found: Iterable<FoundDocument>, project: Projection | undefined): Generator<Uint8Array> {
  for (const { bytes } of found) yield project ? encode(project(decodeTyped(bytes))) : bytes
}

const find: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['filter', 'sort', 'projection', 'skip', 'limit', 'batchSize', 'singleBatch'])
    const project = compileProjection(request.body.projection)
    const found = findDocuments(request.collection, {
      filter: request.doc('filter'),
      sort: parseSort(request.body.sort),
      skip: request.number('skip'),
      limit: request.number('limit'),
      deadline: request.deadline
    })
    return firstBatchReply(request.store, request.namespace, bytesOf(found, project), {
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
    const path = key.split('.')
    const values = new Map<string, unknown>()
    for (const { doc } of findDocuments(request.collection, {
      filter: request.doc('query'),
      deadline: request.deadline
    })) {
      for (const value of valuesAt(doc, path)) {
        for (const each of Array.isArray(value) ? value : [value]) values.set(keyStringOf(each), each)
      }
    }
    return encode({ values: [...values.values()], ok: 1 })
  }
}

/**
 * `aggregate` knows one pipeline, that of a driver's `countDocuments`. Its result has no documents if the number is 0.
 */
const aggregate: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['pipeline', 'cursor'])
    const { pipeline, cursor } = request.body
    if (!Array.isArray(pipeline)) {
      throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array")
    }
    if (!isDoc(cursor)) throw new CommandError('FailedToParse', "The 'cursor' option is required")
    const count = readCount(pipeline)
    const n = countDocuments(request.collection, count, request.deadline)
    const documents = n === 0 ? [] : [encode({ _id: count.id, [count.field]: n })]
    return firstBatchReply(request.store, request.namespace, documents, { batchSize: batchSizeOf(cursor.batchSize) })
  }
}

/** The commands that read documents. */
export const readCommands: Readonly<Record<string, Command>> = { find, getMore, killCursors, distinct, aggregate }
