import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { decode, encode, type Doc } from '../bson/codec.ts'
import { CommandError } from '../errors.ts'
import { Collection } from './collection.ts'
import { indexFields } from './index-spec.ts'
import { SecondaryIndex } from './index.ts'

/** Number of documents that are added to a new index at a time. */
const rowsAtOnce = 256

/** Throws InvalidNamespace. */
function assertName(db: string, name: string): void {
  const isInvalid =
    db === '' ||
    /[/\\. "$*<>:|?\0]/.test(db) ||
    name === '' ||
    name.startsWith('.') ||
    name.startsWith('system.') ||
    name.endsWith('.') ||
    name.includes('\0') ||
    name.includes('$')
  if (isInvalid || Buffer.byteLength(`${db}.${name}`) > 255) {
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${db}.${name}'`)
  }
}

/**
 * The collections and indexes of the file, kept in memory. The store calls `onCommit` and `onRollback` to keep both the
 * same.
 */
export class Catalog {
  readonly #db: DatabaseSync
  readonly #collections = new Map<string, Collection>()
  readonly #addCollection: StatementSync
  readonly #addIndex: StatementSync
  readonly #dropIndex: StatementSync
  readonly #markMultikey: StatementSync
  /** Whether there are changes that SQLite has not committed yet. */
  #hasChanges = false

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#addCollection = db.prepare('INSERT INTO collections (db, name) VALUES (?, ?)')
    this.#addIndex = db.prepare('INSERT INTO indexes (collection, name, spec) VALUES (?, ?, ?)')
    this.#dropIndex = db.prepare('DELETE FROM indexes WHERE id = ?')
    this.#markMultikey = db.prepare('UPDATE indexes SET multikey = 1 WHERE id = ?')
    this.#load()
  }

  onCommit(): void {
    this.#hasChanges = false
  }

  onRollback(): void {
    if (this.#hasChanges) this.#load()
  }

  #load(): void {
    this.#collections.clear()
    const indexes = this.#db.prepare('SELECT id, spec, multikey FROM indexes WHERE collection = ? ORDER BY id')
    for (const { id, db, name } of this.#db.prepare('SELECT id, db, name FROM collections').all()) {
      const collection = this.#open(Number(id), `${String(db)}.${String(name)}`)
      for (const index of indexes.all(Number(id))) {
        if (!(index.spec instanceof Uint8Array)) continue
        const spec = decode(index.spec)
        collection.addIndex(
          new SecondaryIndex(this.#db, Number(index.id), spec, indexFields(spec.key), index.multikey === 1)
        )
      }
      this.#collections.set(collection.namespace, collection)
    }
  }

  #open(id: number, namespace: string): Collection {
    return new Collection(this.#db, id, namespace, index => {
      this.#hasChanges = true
      this.#markMultikey.run(index.id)
    })
  }

  find(db: string, name: string): Collection | undefined {
    return this.#collections.get(`${db}.${name}`)
  }

  findByNamespace(namespace: string): Collection | undefined {
    return this.#collections.get(namespace)
  }

  /** Returns the collections of a database in the order of their names. */
  list(db: string): Array<{ name: string; collection: Collection }> {
    return [...this.#collections]
      .filter(([namespace]) => namespace.startsWith(`${db}.`))
      .map(([namespace, collection]) => ({ name: namespace.slice(db.length + 1), collection }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  all(): Iterable<Collection> {
    return this.#collections.values()
  }

  create(db: string, name: string): Collection {
    assertName(db, name)
    this.#hasChanges = true
    const id = Number(this.#addCollection.run(db, name).lastInsertRowid)
    Collection.create(this.#db, id)
    const collection = this.#open(id, `${db}.${name}`)
    this.#collections.set(collection.namespace, collection)
    return collection
  }

  findOrCreate(db: string, name: string): Collection {
    return this.find(db, name) ?? this.create(db, name)
  }

  /** Creates an index and adds all documents to it. Throws DuplicateKey if a unique index would have a key twice. */
  createIndex(collection: Collection, spec: Doc): void {
    this.#hasChanges = true
    const id = Number(this.#addIndex.run(collection.id, String(spec.name), encode(spec)).lastInsertRowid)
    SecondaryIndex.create(this.#db, id)
    const index = new SecondaryIndex(this.#db, id, spec, indexFields(spec.key), false)
    const next = (row: number) => collection.rowsAfter(row, rowsAtOnce)
    for (let rows = next(0); rows.length > 0; rows = next(rows.at(-1) ?? 0)) {
      for (const row of rows) {
        const bytes = collection.read(row)
        if (bytes) collection.addToIndex(index, row, bytes)
      }
    }
    collection.addIndex(index)
  }

  dropIndex(collection: Collection, index: SecondaryIndex): void {
    this.#removeIndex(index)
    collection.removeIndex(index)
  }

  drop(collection: Collection): void {
    this.#hasChanges = true
    for (const index of collection.secondaryIndexes) this.#removeIndex(index)
    this.#db.exec(`DROP TABLE ${Collection.tableOf(collection.id)}`)
    this.#db.prepare('DELETE FROM collections WHERE id = ?').run(collection.id)
    this.#collections.delete(collection.namespace)
    collection.isDropped = true
  }

  #removeIndex(index: SecondaryIndex): void {
    this.#hasChanges = true
    this.#db.exec(`DROP TABLE ${SecondaryIndex.tableOf(index.id)}`)
    this.#dropIndex.run(index.id)
  }
}
