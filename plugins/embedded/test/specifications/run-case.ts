import { MongoBulkWriteError, MongoClientBulkWriteError, MongoClient, MongoServerError, type Document } from 'mongodb'
import { isMeantFor, type Case, type CollectionData, type Operation, type SuiteFile } from './cases.ts'
import { Entities } from './entities.ts'
import { difference } from './matching.ts'
import { NotInDriver, runOperation } from './operations.ts'

/** The result of a case. `reason` is the refusal, the first difference, or why it did not run. */
export interface Outcome {
  kind: 'passed' | 'refused' | 'wrong' | 'not run'
  reason?: string
}

/** The result of a case differs from what it expects. */
class Difference extends Error {}

/** Returns the message of a refusal by the store, which names a feature, or undefined for any other error. */
export function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const isRefusal = error instanceof MongoServerError && error.code === 115
  const message = /^(?:.*: )?(\S.*? is not supported by the embedded store)/.exec(error.message)?.[1]
  if (isRefusal && message) return message
  if (error instanceof MongoBulkWriteError) {
    const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors]
    const refused = errors.find(({ code }) => code === 115)?.errmsg
    if (refused) return refused
  }
  return refusalIn(error.cause)
}

function assertMatches(expected: unknown, actual: unknown, entities: Entities): void {
  const found = difference(expected, actual, entities)
  if (found) throw new Difference(found)
}

function assertError(expected: Document, error: unknown, entities: Entities): void {
  if (!(error instanceof Error)) throw new Difference(`no error, but ${JSON.stringify(expected)}`)
  if (error instanceof Difference) throw error
  const isServerError = error instanceof MongoServerError || error.cause instanceof MongoServerError
  if (expected.isClientError !== undefined && expected.isClientError === isServerError) {
    throw new Difference(`the error is ${String(error)}`)
  }
  const { code } = { code: undefined, ...error }
  if (expected.errorCode !== undefined && code !== expected.errorCode) {
    throw new Difference(`the error ${error.message} has the code ${String(code)}, not ${expected.errorCode}`)
  }
  if (expected.errorContains && !error.message.toLowerCase().includes(expected.errorContains.toLowerCase())) {
    throw new Difference(`the error is '${error.message}', without '${expected.errorContains}'`)
  }
  if (expected.errorResponse && error instanceof MongoServerError) {
    assertMatches(expected.errorResponse, error.errorResponse, entities)
  }
  if (expected.expectResult) {
    const isBulk = error instanceof MongoBulkWriteError
    const partial = isBulk ? error.result : error instanceof MongoClientBulkWriteError ? error.partialResult : undefined
    assertMatches(expected.expectResult, partial, entities)
  }
}

async function runAndCheck(operation: Operation, entities: Entities): Promise<void> {
  if (operation.expectError) {
    const error: unknown = await runOperation(operation, entities).then(
      () => undefined,
      (reason: unknown) => reason
    )
    const refusal = refusalIn(error)
    if (refusal !== undefined || error instanceof NotInDriver) throw error
    assertError(operation.expectError, error, entities)
    return
  }
  const result = await runOperation(operation, entities)
  if (operation.saveResultAsEntity) entities.set(operation.saveResultAsEntity, result)
  if (operation.expectResult !== undefined) assertMatches(operation.expectResult, result, entities)
}

function collectionsOf(admin: MongoClient, data: readonly CollectionData[] = []) {
  return data.map(({ databaseName, collectionName, documents }) => ({
    collection: admin.db(databaseName).collection(collectionName),
    documents
  }))
}

async function assertOutcome(admin: MongoClient, test: Case): Promise<void> {
  for (const { collection, documents } of collectionsOf(admin, test.outcome)) {
    const actual = await collection.find({}, { sort: { _id: 1 } }).toArray()
    const found = difference(documents, actual, new Map(), false, collection.collectionName)
    if (found) throw new Difference(found)
  }
}

async function fill(admin: MongoClient, file: SuiteFile): Promise<void> {
  for (const { collection, documents } of collectionsOf(admin, file.initialData)) {
    await collection.drop()
    if (documents.length > 0) await collection.insertMany(documents.map(each => ({ ...each })))
    else await admin.db(collection.dbName).createCollection(collection.collectionName)
  }
}

/**
 * Cases that this version of the driver does not pass on any server, which are open in its issue tracker: it does not
 * notice that the last chunk of a file is missing (NODE-6279), and replaces an `_id` of null (NODE-6468).
 */
const notInDriver: ReadonlySet<string> = new Set([
  'download when final chunk is missing',
  'inserting _id with type null via insertOne',
  'inserting _id with type null via insertMany',
  'inserting _id with type null via replaceOne',
  'inserting _id with type null via bulkWrite'
])

/** Runs one case on a server, and returns what became of it. `admin` is connected to the server. */
export async function runCase(
  url: string,
  admin: MongoClient,
  version: string,
  file: SuiteFile,
  test: Case
): Promise<Outcome> {
  if (!isMeantFor(version, file) || !isMeantFor(version, test)) {
    return { kind: 'not run', reason: 'meant for another server' }
  }
  if (notInDriver.has(test.description)) return { kind: 'not run', reason: 'the driver does not do this' }
  await fill(admin, file)
  const entities = new Entities()
  try {
    for (const each of file.createEntities ?? []) {
      for (const [kind, spec] of Object.entries(each)) await entities.create(url, kind, spec)
    }
    for (const operation of test.operations) await runAndCheck(operation, entities)
    await assertOutcome(admin, test)
    return { kind: 'passed' }
  } catch (error) {
    if (error instanceof NotInDriver) return { kind: 'not run', reason: `the driver has no ${error.message}` }
    const refusal = refusalIn(error)
    if (refusal !== undefined) return { kind: 'refused', reason: refusal }
    return { kind: 'wrong', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await entities.close()
  }
}
