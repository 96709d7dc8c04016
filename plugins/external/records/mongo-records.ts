import { randomUUID } from 'node:crypto'
import type { Collection, Db, FindOptions } from 'mongodb'
import { decodeEach } from '../../app/documents/decode-each.ts'
import { isDuplicateKey } from '../../app/documents/is-duplicate-key.ts'
import { findRepeats } from '../../app/documents/only-repeats.ts'
import { defaultSliceSize, deleteInSlices, slicesOf } from '../../app/documents/slices.ts'
import { changeDocuments, recordOf } from './mongo-changes.ts'
import { filterOf, placeFilterOf, projectionOf, rangeFilterOf, sortOf, type RecordDocument } from './mongo-filters.ts'
import { createIndexes } from './mongo-indexes.ts'
import { fieldsOf, numberAt } from './record-fields.ts'
import {
  RecordConflict,
  type KeyChoices,
  type KeyValues,
  type RecordKey,
  type RecordKind,
  type RecordRange,
  type RecordStore,
  type RecordTable,
  type StoredRecord
} from './record-store.ts'

/** Attempts of a `put` that loses against others at the same place. */
const maxPutAttempts = 5

/** Records in a MongoDB database or the embedded store. A kind is a collection, and its documents are the records. */
export function createMongoRecords(db: Db, label: string): RecordStore {
  return {
    label,
    isApart: false,
    async open<R extends StoredRecord, Indexes extends string>(kind: RecordKind<Indexes>) {
      const collection = db.collection<RecordDocument>(kind.name, { ignoreUndefined: true })
      await createIndexes(collection, kind)
      return createTable<R, Indexes>(collection, kind)
    },
    async ping() {
      await db.command({ ping: 1 })
    },
    /** The connection belongs to the plugin of the database. */
    async close() {}
  }
}

function createTable<R extends StoredRecord, Indexes extends string>(
  collection: Collection<RecordDocument>,
  kind: RecordKind<Indexes>
): RecordTable<R, Indexes> {
  const keyOf = (name: Indexes | 'place'): RecordKey => (name === 'place' ? kind.place : kind.indexes[name])
  const filterBy = (name: Indexes | 'place', values: KeyValues) => filterOf(keyOf(name), values)

  /** Inserts documents. Returns the positions of those whose place or unique values are taken. */
  async function insert(records: readonly R[], ordered: boolean): Promise<number[]> {
    if (records.length === 0) return []
    try {
      await collection.insertMany([...records] as (R & RecordDocument)[], { ordered })
      return []
    } catch (error) {
      const taken = findRepeats(error)
      if (!taken) throw error
      return taken
    }
  }

  /** Returns the filter of a range and the options of its query. */
  function queryOf(name: Indexes | 'place', values: KeyChoices, range: RecordRange) {
    const key = keyOf(name)
    const { limit, readAhead } = range
    // One round trip for a short list: without a size, the first batch has 101 documents.
    const batchSize = readAhead ?? (limit !== undefined && limit <= defaultSliceSize ? limit : undefined)
    const options: FindOptions & { limit?: number } = {
      ...optionsOf('sort', sortOf(key, values, range)),
      ...optionsOf('projection', projectionOf(range)),
      ...optionsOf('limit', limit),
      ...optionsOf('batchSize', batchSize)
    }
    return { filter: rangeFilterOf(key, values, range), options }
  }

  /** Whether the stored record at a place refuses a record, by its greater value of a field. */
  async function isRefused(record: R, field: string | undefined): Promise<boolean> {
    if (field === undefined) return false
    const stored = await collection.findOne(placeFilterOf(kind.place, record))
    return stored !== null && numberAt(stored, field) > numberAt(record, field)
  }

  return {
    async find(key, values) {
      const document = await collection.findOne(filterBy(key, values))
      return document && recordOf<R>(document)
    },

    async findMany(places, options = {}) {
      const found: R[] = []
      const projection = optionsOf('projection', projectionOf(options))
      // Places of one partition differ in their last value only.
      const different = new Map(places.map(values => [JSON.stringify(values), values])).values()
      for (const group of Map.groupBy(different, values => JSON.stringify(values.slice(0, -1))).values()) {
        for (const slice of slicesOf(group)) {
          const [first, ...others] = slice
          if (!first) continue
          const [partition, ...rest] = first
          const last = [first, ...others].flatMap(values => values.at(-1) ?? [])
          const choices: KeyChoices = rest.length === 0 ? [last] : [partition, ...rest.slice(0, -1), last]
          const documents = await collection.find(filterOf(kind.place, choices), projection).toArray()
          found.push(...documents.map(document => recordOf<R>(document)))
        }
      }
      return found
    },

    async append(records) {
      const [position] = await insert(records, true)
      if (position !== undefined) throw new RecordConflict(kind.name, position)
    },

    insertEach: async records => await insert(records, false),

    async put(record, { unlessGreater } = {}) {
      const isReplaceable = unlessGreater !== undefined && {
        $or: [{ [unlessGreater]: { $exists: false } }, { [unlessGreater]: { $lte: numberAt(record, unlessGreater) } }]
      }
      const filter = { ...placeFilterOf(kind.place, record), ...isReplaceable }
      for (let attempt = 1; ; attempt++) {
        const stored: StoredRecord = record
        const document: RecordDocument = { ...stored, _revision: randomUUID() }
        try {
          await collection.replaceOne(filter, document, { upsert: true })
          return
        } catch (error) {
          if (!isDuplicateKey(error)) throw error
          // Somebody stored a record at this place since the filter found none, or another one has its unique values.
          if (attempt === maxPutAttempts || (await isRefused(record, unlessGreater))) {
            throw new RecordConflict(kind.name, 0)
          }
        }
      }
    },

    changeEach: async (key, values, change, { limit = Infinity } = {}) =>
      await changeDocuments<R>(filterBy(key, values), { collection, kind, change, limit }),

    async *list(key, values, range = {}) {
      const { filter, options } = queryOf(key, values, range)
      for await (const document of collection.find(filter, options)) yield recordOf<R>(document)
    },

    async *listDecoded(key, values, range = {}) {
      const { filter, options } = queryOf(key, values, range)
      for await (const decoded of decodeEach(collection, { filter, ...options })) {
        yield 'document' in decoded ? { record: recordOf<R>(decoded.document) } : decoded
      }
    },

    async *listAll() {
      for await (const decoded of decodeEach(collection)) {
        yield 'document' in decoded ? { record: recordOf<R>(decoded.document) } : decoded
      }
    },

    count: async (key, values) => await collection.countDocuments(filterBy(key, values)),

    async remove(key, values) {
      const filter = filterBy(key, values)
      const isOne = key === 'place' && values.length === fieldsOf(kind.place).length
      if (isOne) await collection.deleteOne(filter)
      else await deleteInSlices(collection, filter)
    }
  }
}

/** Returns the option when it has a value. */
function optionsOf<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>)
}
