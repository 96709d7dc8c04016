import { deserialize } from 'bson'
import { MongoServerError, type Collection, type Db } from 'mongodb'
import { decode } from '../../plugins/embedded/document-keys.ts'
import { keysIn, plainShapes } from './index-shapes.ts'
import { exactTypes, indexesOf, plain, type IndexPlan } from './inventory.ts'
import { CopyError } from './place.ts'

/** A collection that is to be made. */
export interface PlannedCollection {
  name: string
  indexes: readonly IndexPlan[]
  /** Each document's bytes. */
  documents: () => AsyncIterable<Uint8Array>
}

/** What is tried is tried in this collection, which is nobody's and gone afterwards. */
const trialName = 'ambient-trial'

/**
 * Finds out whether a database takes collections with their indexes, before anything in it is given up for them: it makes each index
 * where nothing is, and puts in what not every database takes. Throws CopyError naming what is refused.
 */
export async function tryOut(
  { label, db }: { label: string; db: Db },
  planned: readonly PlannedCollection[]
): Promise<void> {
  const refused = (what: string, why: string) => new CopyError(`${label} refuses ${what}: ${why}\nNothing was changed.`)
  try {
    for (const collection of planned) await tryCollection(db, collection, refused)
  } finally {
    await dropTrial(db)
  }
}

/** Servers before MongoDB 7 refuse to drop what is not there. */
async function dropTrial(db: Db): Promise<void> {
  try {
    await db.collection(trialName).drop()
  } catch (error) {
    if (!(error instanceof MongoServerError && error.message === 'ns not found')) throw error
  }
}

type Refused = (what: string, why: string) => CopyError

async function tryCollection(db: Db, { name, indexes, documents }: PlannedCollection, refused: Refused): Promise<void> {
  await dropTrial(db)
  const trial = await db.createCollection(trialName)
  for (const index of indexes) {
    const what = `the index ${String(index.options.name)} of "${name}"`
    await asked(what, refused, async () => await trial.createIndex(index.key, index.options))
    if (!(await indexesOf(trial)).some(made => plain(made) === plain(index))) {
      throw refused(what, 'it makes another one of it')
    }
  }
  const shapes = plainShapes(indexes)
  for await (const bytes of documents()) {
    const document = decode(bytes)
    if (shapes.some(shape => keysIn(shape, document) === null)) {
      await asked(`a document of "${name}"`, refused, async () => await putIn(trial, bytes))
    }
  }
}

async function putIn(trial: Collection, bytes: Uint8Array): Promise<void> {
  await trial.deleteMany({})
  await trial.insertOne(deserialize(bytes, exactTypes))
}

async function asked(what: string, refused: Refused, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask()
  } catch (error) {
    throw error instanceof MongoServerError ? refused(what, error.message) : error
  }
}
