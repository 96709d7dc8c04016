import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import {
  Collection,
  Db,
  GridFSBucket,
  MongoClient,
  type AnyBulkWriteOperation,
  type Document,
  type Sort
} from 'mongodb'
import type { Operation } from './cases.ts'
import { Entities } from './entities.ts'

type Run<Target> = (target: Target, options: Document) => Promise<unknown>

/** The form in which the driver takes the requests of a bulk write. */
function bulkRequest(request: Document): AnyBulkWriteOperation {
  const [entry] = Object.entries(request)
  if (!entry) throw new Error('an empty request')
  return { [entry[0]]: entry[1] } as AnyBulkWriteOperation
}

/** `find` and `findOneAnd…` name the sides of a change in upper case. */
function withReturned({ returnDocument, ...options }: Document): Document {
  return returnDocument === undefined ? options : { ...options, returnDocument: returnDocument.toLowerCase() }
}

/** A sort keeps its order: the format writes it as a document. */
function withSort({ sort, ...options }: Document): Document & { sort?: Sort } {
  return sort === undefined ? options : { ...options, sort: Object.entries(sort) as Sort }
}

const collectionOperations: Readonly<Record<string, Run<Collection>>> = {
  aggregate: (c, { pipeline: stages, ...options }) => c.aggregate(stages, options).toArray(),
  bulkWrite: (c, { requests, ...options }) => c.bulkWrite(requests.map(bulkRequest), options),
  count: (c, { filter, ...options }) => c.count(filter, options),
  countDocuments: (c, { filter, ...options }) => c.countDocuments(filter, options),
  createIndex: (c, { keys, ...options }) => c.createIndex(keys, options),
  createSearchIndex: (c, { model }) => c.createSearchIndex(model),
  createSearchIndexes: (c, { models }) => c.createSearchIndexes(models),
  deleteMany: (c, { filter, ...options }) => c.deleteMany(filter, options),
  deleteOne: (c, { filter, ...options }) => c.deleteOne(filter, options),
  distinct: (c, { fieldName, filter, ...options }) => c.distinct(fieldName, filter, options),
  dropIndex: (c, { name, ...options }) => c.dropIndex(name, options),
  dropSearchIndex: (c, { name }) => c.dropSearchIndex(name),
  estimatedDocumentCount: (c, options) => c.estimatedDocumentCount(options),
  find: (c, { filter, ...options }) => c.find(filter, withSort(options)).toArray(),
  findOne: (c, { filter, ...options }) => c.findOne(filter, withSort(options)),
  findOneAndDelete: (c, { filter, ...options }) => c.findOneAndDelete(filter, withSort(options)),
  findOneAndReplace: (c, { filter, replacement, ...options }) =>
    c.findOneAndReplace(filter, replacement, withSort(withReturned(options))),
  findOneAndUpdate: (c, { filter, update, ...options }) =>
    c.findOneAndUpdate(filter, update, withSort(withReturned(options))),
  insertMany: (c, { documents, ...options }) => c.insertMany(documents, options),
  insertOne: (c, { document, ...options }) => c.insertOne(document, options),
  listIndexes: (c, options) => c.listIndexes(options).toArray(),
  listSearchIndexes: (c, { name, aggregationOptions }) => c.listSearchIndexes(name, aggregationOptions).toArray(),
  replaceOne: (c, { filter, replacement, ...options }) => c.replaceOne(filter, replacement, withSort(options)),
  updateMany: (c, { filter, update, ...options }) => c.updateMany(filter, update, options),
  updateOne: (c, { filter, update, ...options }) => c.updateOne(filter, update, withSort(options)),
  updateSearchIndex: (c, { name, definition }) => c.updateSearchIndex(name, definition)
}

const databaseOperations: Readonly<Record<string, Run<Db>>> = {
  aggregate: (db, { pipeline: stages, ...options }) => db.aggregate(stages, options).toArray(),
  createCollection: (db, { collection, ...options }) => db.createCollection(collection, options),
  dropCollection: (db, { collection, ...options }) => db.dropCollection(collection, options),
  listCollections: (db, { filter, ...options }) => db.listCollections(filter, options).toArray(),
  modifyCollection: (db, { collection, ...options }) => db.command({ collMod: collection, ...options }),
  runCommand: (db, { command }) => db.command(command)
}

const bucketOperations: Readonly<Record<string, Run<GridFSBucket>>> = {
  delete: (bucket, { id }) => bucket.delete(id),
  download: (bucket, { id }) => hexOf(bucket.openDownloadStream(id)),
  downloadByName: (bucket, { filename, ...options }) => hexOf(bucket.openDownloadStreamByName(filename, options)),
  rename: (bucket, { id, newFilename }) => bucket.rename(id, newFilename),
  upload: async (bucket, { filename, source, ...options }) => {
    const upload = bucket.openUploadStream(filename, options)
    await pipeline(Readable.from([Buffer.from(source.$$hexBytes, 'hex')]), upload)
    return upload.id
  }
}

function hexOf(stream: Readable): Promise<string> {
  return text(stream.setEncoding('hex'))
}

/** The models of a bulk write: `{ insertOne: { namespace, … } }` becomes `{ name: 'insertOne', namespace, … }`. */
function clientModels(models: Document[]): Document[] {
  return models.flatMap(model => Object.entries(model).map(([name, fields]) => ({ name, ...fields })))
}

const clientOperations: Readonly<Record<string, Run<MongoClient>>> = {
  clientBulkWrite: (client, { models, ...options }) => client.bulkWrite(clientModels(models) as never, options)
}

async function collectionExists(entities: Entities, { databaseName, collectionName }: Document): Promise<boolean> {
  const client = [...entities.values()].find(entity => entity instanceof MongoClient)
  const found = await client?.db(databaseName).listCollections({ name: collectionName }).toArray()
  return found?.length === 1
}

async function runTestRunner(name: string, entities: Entities, args: Document): Promise<undefined> {
  if (name === 'failPoint') await entities.client(args.client).db('admin').command(args.failPoint)
  else if (name === 'assertCollectionExists' || name === 'assertCollectionNotExists') {
    const exists = await collectionExists(entities, args)
    if (exists !== (name === 'assertCollectionExists')) throw new Error(`${name} ${args.collectionName}`)
  } else throw new Error(`no operation ${name} of the test runner`)
}

/** The driver has no call for an operation of a case. */
export class NotInDriver extends Error {}

function find<Target>(operations: Readonly<Record<string, Run<Target>>>, name: string): Run<Target> {
  const run = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (!run) throw new NotInDriver(name)
  return run
}

/** Runs an operation of a case on its entity through the driver, and returns the driver's result. */
export async function runOperation(
  { name, object, arguments: args = {} }: Operation,
  entities: Entities
): Promise<unknown> {
  if (object === 'testRunner') return runTestRunner(name, entities, args)
  const target = entities.get(object)
  if (target instanceof Collection) return find(collectionOperations, name)(target, args)
  if (target instanceof Db) return find(databaseOperations, name)(target, args)
  if (target instanceof GridFSBucket) return find(bucketOperations, name)(target, args)
  if (target instanceof MongoClient) return find(clientOperations, name)(target, args)
  throw new Error(`no entity ${object}`)
}
