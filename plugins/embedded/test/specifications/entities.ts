import {
  Db,
  GridFSBucket,
  MongoClient,
  type CollectionOptions,
  type DbOptions,
  type Document,
  type MongoClientOptions
} from 'mongodb'

/** Concerns and preferences have the same names in the format and in the driver. */
function optionsOf(options: Document | undefined): MongoClientOptions & DbOptions & CollectionOptions {
  return options ?? {}
}

/** The clients, databases, collections, buckets and results of a case, by the names that it gives them. */
export class Entities extends Map<string, unknown> {
  client(name: string): MongoClient {
    const client = this.get(name)
    if (!(client instanceof MongoClient)) throw new Error(`${name} is no client`)
    return client
  }

  #database(name: string): Db {
    const database = this.get(name)
    if (!(database instanceof Db)) throw new Error(`${name} is no database`)
    return database
  }

  /** Creates an entity of a case: `{ collection: { id, database, collectionName } }`, for example. */
  async create(url: string, kind: string, spec: Document): Promise<void> {
    if (kind === 'client') this.set(spec.id, await new MongoClient(url, optionsOf(spec.uriOptions)).connect())
    else if (kind === 'database') {
      this.set(spec.id, this.client(spec.client).db(spec.databaseName, optionsOf(spec.databaseOptions)))
    } else if (kind === 'collection') {
      const db = this.#database(spec.database)
      this.set(spec.id, db.collection(spec.collectionName, optionsOf(spec.collectionOptions)))
    } else if (kind === 'bucket') {
      this.set(spec.id, new GridFSBucket(this.#database(spec.database), spec.bucketOptions))
    } else throw new Error(`no entity of the kind ${kind}`)
  }

  async close(): Promise<void> {
    for (const entity of this.values()) if (entity instanceof MongoClient) await entity.close()
  }
}
