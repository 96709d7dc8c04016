import { deserialize } from 'bson'
import { MongoServerError, type Collection, type Db } from 'mongodb'
import { decode } from '../../plugins/embedded/document-keys.ts'
import { keysIn, knownIndexShapes } from './index-shapes.ts'
import { exactTypes, indexText, readIndexes, type IndexPlan } from './inventory.ts'
import { CopyError } from './location.ts'

/** A collection to create. */
export interface PlannedCollection {
  name: string
  indexes: readonly IndexPlan[]
  /** Returns the bytes of each document. */
  documents: () => AsyncIterable<Uint8Array>
}

/** A temporary collection for the trial. Nothing else uses this name. */
const trialName = 'ambient-trial'

/**
 * Checks that a database accepts collections and their indexes, before any data is deleted for them. Creates each index
 * in a temporary collection and inserts the documents that not every database accepts.
 * @throws CopyError that names what the database rejects
 */
export async function checkAccepts(
  { label, db }: { label: string; db: Db },
  planned: readonly PlannedCollection[]
): Promise<void> {
  const rejected = (subject: string, reason: string) =>
    new CopyError(`${label} rejects ${subject}: ${reason}\nNothing was changed.`)
  try {
    for (const collection of planned) await tryCollection(db, collection, rejected)
  } finally {
    await dropTrial(db)
  }
}

/** Drops the temporary collection. Servers before MongoDB 7 fail to drop a collection that does not exist. */
async function dropTrial(db: Db): Promise<void> {
  try {
    await db.collection(trialName).drop()
  } catch (error) {
    if (!(error instanceof MongoServerError && error.message === 'ns not found')) throw error
  }
}

type Rejected = (subject: string, reason: string) => CopyError

async function tryCollection(
  db: Db,
  { name, indexes, documents }: PlannedCollection,
  rejected: Rejected
): Promise<void> {
  await dropTrial(db)
  const trial = await db.createCollection(trialName)
  for (const index of indexes) {
    const subject = `the index ${String(index.options.name)} of "${name}"`
    await tryCommand(subject, rejected, async () => await trial.createIndex(index.key, index.options))
    if (!(await readIndexes(trial)).some(created => indexText(created) === indexText(index))) {
      throw rejected(subject, 'it creates a different index instead')
    }
  }
  const shapes = knownIndexShapes(indexes)
  for await (const bytes of documents()) {
    const document = decode(bytes)
    if (shapes.some(shape => keysIn(shape, document) === null)) {
      await tryCommand(`a document of "${name}"`, rejected, async () => await replaceDocument(trial, bytes))
    }
  }
}

async function replaceDocument(trial: Collection, bytes: Uint8Array): Promise<void> {
  await trial.deleteMany({})
  await trial.insertOne(deserialize(bytes, exactTypes))
}

async function tryCommand(subject: string, rejected: Rejected, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    throw error instanceof MongoServerError ? rejected(subject, error.message) : error
  }
}
