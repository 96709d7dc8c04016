import { EJSON } from 'bson'
import { encode, isDoc, type Doc } from '../bson/codec.ts'
import { equalValues } from '../bson/key.ts'
import { CommandError } from '../errors.ts'
import { compileMatcher } from '../query/matcher.ts'
import type { Collection } from '../store/collection.ts'
import { normalizeIndexSpec } from '../store/index-spec.ts'
import type { SecondaryIndex } from '../store/index.ts'
import { batchSizeOf, firstBatchReply } from './cursor-reply.ts'
import type { Command, Request } from './request.ts'

/** Throws NamespaceNotFound. */
function getCollection(request: Request): Collection {
  const { collection } = request
  if (!collection) throw new CommandError('NamespaceNotFound', `ns does not exist: ${request.namespace}`)
  return collection
}

function cursorOptions(request: Request): { batchSize: number | undefined } {
  const { cursor } = request.body
  return { batchSize: isDoc(cursor) ? batchSizeOf(cursor.batchSize) : undefined }
}

/** Whether the same index exists. Throws if a different index has the same name or the same key. */
function hasIndex(collection: Collection, spec: Doc): boolean {
  if (equalValues(spec.key, collection.byId.spec.key)) return true
  for (const { spec: other } of collection.indexes) {
    const [hasSameName, hasSameKey] = [other.name === spec.name, equalValues(other.key, spec.key)]
    if (hasSameName && hasSameKey && equalValues(other, spec)) return true
    const [requested, existing] = [EJSON.stringify(spec), EJSON.stringify(other)]
    const both = `${collection.namespace}: requested index ${requested}, existing index ${existing}`
    if (hasSameName) {
      throw new CommandError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index, but another specification, in ${both}`
      )
    }
    if (hasSameKey) {
      throw new CommandError(
        'IndexOptionsConflict',
        `Index already exists with a different name or other options, in ${both}`
      )
    }
  }
  return false
}

const createIndexes: Command = {
  writes: true,
  run: request => {
    request.allowOptions(['indexes'])
    const { indexes } = request.body
    if (!Array.isArray(indexes) || indexes.length === 0) {
      throw new CommandError('BadValue', 'Must specify at least one index to create')
    }
    const specs = indexes.map(normalizeIndexSpec)
    const { catalog } = request.store
    const createdCollectionAutomatically = !request.collection
    const collection = catalog.findOrCreate(request.db, request.collectionName)
    const numIndexesBefore = collection.indexes.length
    for (const spec of specs) if (!hasIndex(collection, spec)) catalog.createIndex(collection, spec)
    const numIndexesAfter = collection.indexes.length
    const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {}
    return encode({ numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, ...note, ok: 1 })
  }
}

/** Returns the indexes that an argument of `dropIndexes` names: by name, key, list, or `*`. Throws IndexNotFound. */
function getIndexes(collection: Collection, named: unknown): SecondaryIndex[] {
  if (named === '*') return [...collection.secondaryIndexes]
  if (Array.isArray(named)) return named.flatMap(each => getIndexes(collection, each))
  if (named === '_id_' || (isDoc(named) && equalValues(named, { _id: 1 }))) {
    throw new CommandError('InvalidOptions', 'cannot drop _id index')
  }
  const found = collection.secondaryIndexes.find(
    ({ name, spec }) => name === named || (isDoc(named) && equalValues(spec.key, named))
  )
  if (!found) throw new CommandError('IndexNotFound', `index not found with name [${String(named)}]`)
  return [found]
}

const dropIndexes: Command = {
  writes: true,
  run: request => {
    request.allowOptions(['index'])
    const collection = getCollection(request)
    const nIndexesWas = collection.indexes.length
    for (const index of getIndexes(collection, request.body.index)) request.store.catalog.dropIndex(collection, index)
    return encode({ nIndexesWas, ok: 1 })
  }
}

const listIndexes: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['cursor'])
    const specs = getCollection(request).indexes.map(({ spec }) => encode(spec))
    return firstBatchReply(request.store, request.namespace, specs, cursorOptions(request))
  }
}

const create: Command = {
  writes: true,
  run: request => {
    request.allowOptions([])
    if (request.collection) throw new CommandError('NamespaceExists', `Collection ${request.namespace} already exists.`)
    request.store.catalog.create(request.db, request.collectionName)
    return encode({ ok: 1 })
  }
}

const drop: Command = {
  writes: true,
  run: request => {
    request.allowOptions([])
    const { collection } = request
    if (!collection) return encode({ ok: 1 })
    const nIndexesWas = collection.indexes.length
    request.store.catalog.drop(collection)
    return encode({ nIndexesWas, ns: request.namespace, ok: 1 })
  }
}

const dropDatabase: Command = {
  writes: true,
  run: request => {
    request.allowOptions([])
    const { catalog } = request.store
    const all = catalog.list(request.db)
    for (const { collection } of all) catalog.drop(collection)
    return encode(all.length > 0 ? { dropped: request.db, ok: 1 } : { ok: 1 })
  }
}

const listCollections: Command = {
  writes: false,
  run: request => {
    request.allowOptions(['filter', 'nameOnly', 'cursor', 'authorizedCollections'])
    const matches = compileMatcher(request.doc('filter'))
    const nameOnly = request.flag('nameOnly')
    const all = request.store.catalog.list(request.db).map(({ name, collection }): Doc => ({
      name,
      type: 'collection',
      options: {},
      info: { readOnly: false },
      idIndex: collection.byId.spec
    }))
    const shown = all
      .filter(matches)
      .map(({ name, type, ...rest }) => encode(nameOnly ? { name, type } : { name, type, ...rest }))
    return firstBatchReply(request.store, `${request.db}.$cmd.listCollections`, shown, cursorOptions(request))
  }
}

/** The commands on collections, their indexes, and databases. */
export const catalogCommands: Readonly<Record<string, Command>> = {
  createIndexes,
  dropIndexes,
  listIndexes,
  create,
  drop,
  dropDatabase,
  listCollections
}
