import { BSON, Collection, type CollectionOptions, type Db, type Document } from 'mongodb'
import { DirectReadError, type EmbeddedStore } from '../../embedded/index.ts'

/** Called when a direct read starts. Returns a function to call when it ends. */
export type ReadObserver = (collection: string) => (failure?: 'FAILED') => void

/** Reads by _id that go to the embedded store without the driver. */
export interface DirectReads {
  /** Adds an observer of these reads, which are no commands of the driver. */
  observe(observer: ReadObserver): void
}

/** Returns the id of a filter of nothing but a text as _id. The driver would replace lone surrogates. */
function onlyIdOf(filter: unknown): string | undefined {
  if (typeof filter !== 'object' || filter === null || !('_id' in filter)) return undefined
  for (const field in filter) if (field !== '_id') return undefined
  return typeof filter._id === 'string' && filter._id.isWellFormed() ? filter._id : undefined
}

/** Returns the fields that options keep: all without options; undefined for any options but a list of whole fields. */
function keptFieldsOf(options: unknown): 'all' | object | undefined {
  if (options === undefined) return 'all'
  if (typeof options !== 'object' || options === null || !('projection' in options)) return undefined
  for (const option in options) if (option !== 'projection') return undefined
  const { projection } = options
  if (typeof projection !== 'object' || projection === null) return undefined
  let isEmpty = true
  for (const field in projection) {
    if (Reflect.get(projection, field) !== 1 || field.includes('.') || field.startsWith('$')) return undefined
    isEmpty = false
  }
  return isEmpty ? undefined : projection
}

function decodeKept(bytes: Uint8Array, kept: 'all' | object): Document {
  const document = BSON.deserialize(bytes)
  if (kept === 'all') return document
  const result: Document = {}
  for (const field in document) if (field === '_id' || Object.hasOwn(kept, field)) result[field] = document[field]
  return result
}

/**
 * Lets `findOne` of the database's collections read by _id without the driver where the filter is nothing but a text as
 * _id: such a read costs a fraction of a command. Every other read is a command, and so is one that the thread of the
 * store does not answer.
 */
export function readDirectly(db: Db, store: Pick<EmbeddedStore, 'readById'>): DirectReads {
  const observers: ReadObserver[] = []

  async function readObserved(collection: string, id: string): Promise<Uint8Array | null> {
    const ends = observers.map(observer => observer(collection))
    try {
      const bytes = await store.readById(`${db.databaseName}.${collection}`, id)
      for (const end of ends) end()
      return bytes
    } catch (error) {
      for (const end of ends) end('FAILED')
      throw error
    }
  }

  // A prototype of their own, and not a method of each collection: whatever replaces a method there replaces this one.
  const prototype: Collection = Object.create(Collection.prototype)
  Object.assign(prototype, {
    async findOne(this: Collection, filter?: unknown, options?: unknown): Promise<unknown> {
      const id = onlyIdOf(filter)
      const kept = keptFieldsOf(options)
      if (id !== undefined && kept !== undefined) {
        try {
          const bytes = await readObserved(this.collectionName, id)
          return bytes && decodeKept(bytes, kept)
        } catch (error) {
          if (!(error instanceof DirectReadError)) throw error
        }
      }
      return await Reflect.apply(Collection.prototype.findOne, this, [filter, options])
    }
  })

  const openCollection = db.collection.bind(db)
  db.collection = <T extends Document = Document>(name: string, options?: CollectionOptions): Collection<T> => {
    const collection = openCollection<T>(name, options)
    if (options === undefined) Object.setPrototypeOf(collection, prototype)
    return collection
  }
  return { observe: observer => observers.push(observer) }
}
