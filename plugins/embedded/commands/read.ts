import { Long } from 'bson'
import { decodeTyped, encode, isDoc, type Doc } from '../bson/codec.ts'
import { keyStringOf } from '../bson/key.ts'
import { valuesAt } from '../bson/paths.ts'
import { CommandError } from '../errors.ts'
import { findDocuments } from '../query/find.ts'
import { compileProjection, type Projection } from '../query/projection.ts'
import type { FoundDocument } from '../query/scan.ts'
import { parseSort } from '../query/sort.ts'
import { runPipeline } from '../aggregate/pipeline.ts'
import { batchReply, batchSizeOf, firstBatchReply } from './cursor-reply.ts'
import type { Command, Request } from './request.ts'

function* bytesOf(found: Iterable<FoundDocument>, project: Projection | undefined): Generator<Uint8Array> {
  for (const { bytes } of found) yield project ? encode(project(decodeTyped(bytes))) : bytes
}

const find: Command = {
  writes: false,
  run: request => {
    request.allow([
      'filter',
      'sort',
      'projection',
      'skip',
      'limit',
      'batchSize',
      'singleBatch',
      'noCursorTimeout',
      'allowDiskUse',
      'allowPartialResults'
    ])
    const project = compileProjection(request.body.projection)
    const found = findDocuments(request.collection, {
      filter: request.doc('filter'),
      sort: parseSort(request.body.sort),
      skip: request.number('skip'),
      limit: request.number('limit'),
      deadline: request.deadline
    })
    const batchSize = batchSizeOf(request.body.batchSize)
    return firstBatchReply(request.store, request.namespace, bytesOf(found, project), {
      batchSize,
      single: request.flag('singleBatch'),
      keep: request.flag('noCursorTimeout')
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
    request.allow(['collection', 'batchSize'])
    const { store, body, db, name } = request
    const id = cursorId(body[name])
    const namespace = `${db}.${String(body.collection)}`
    const cursor = store.cursors.get(id, namespace)
    const batch = cursor.take(batchSizeOf(body.batchSize) || Infinity)
    const done = cursor.exhausted
    if (done) store.cursors.remove(id)
    return batchReply('nextBatch', batch, done ? 0n : id, namespace)
  }
}

const killCursors: Command = {
  writes: false,
  run: request => {
    request.allow(['cursors'])
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

function countAll(request: Request): number {
  const filter = request.doc('query')
  const [skip, limit] = [request.number('skip'), request.number('limit')]
  if (Object.keys(filter).length === 0 && skip === 0 && limit === 0) return request.collection?.count() ?? 0
  return Array.from(findDocuments(request.collection, { filter, skip, limit, deadline: request.deadline }), () => true)
    .length
}

const count: Command = {
  writes: false,
  run: request => {
    request.allow(['query', 'skip', 'limit'])
    return encode({ n: countAll(request), ok: 1 })
  }
}

const distinct: Command = {
  writes: false,
  run: request => {
    request.allow(['key', 'query'])
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

const aggregate: Command = {
  writes: false,
  run: request => {
    request.allow(['pipeline', 'cursor', 'allowDiskUse', 'bypassDocumentValidation'])
    const { pipeline, cursor } = request.body
    if (!Array.isArray(pipeline)) {
      throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array")
    }
    if (!isDoc(cursor)) throw new CommandError('FailedToParse', "The 'cursor' option is required")
    const { store, db, deadline } = request
    const docs = runPipeline(request.collection, {}, pipeline, {
      collection: name => store.catalog.find(db, name),
      deadline
    })
    return firstBatchReply(store, request.namespace, encoded(docs), { batchSize: batchSizeOf(cursor.batchSize) })
  }
}

function* encoded(docs: Iterable<Doc>): Generator<Uint8Array> {
  for (const doc of docs) yield encode(doc)
}

/** The commands that read documents. */
export const readCommands: Readonly<Record<string, Command>> = {
  find,
  getMore,
  killCursors,
  count,
  distinct,
  aggregate
}
