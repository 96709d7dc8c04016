import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { decode, type Doc } from '../bson/codec.ts'
import { keyOf } from '../bson/key.ts'
import { duplicateKey } from './duplicate-key.ts'
import { documentKeys, type DocumentKeys } from './index-keys.ts'
import { Index, SecondaryIndex } from './index.ts'

/** A document as it is stored. */
export interface StoredDocument {
  row: number
  bytes: Uint8Array
}

/** The keys of a document in each index of the collection. */
type AllKeys = ReadonlyMap<SecondaryIndex, DocumentKeys>

const noRow = -1

function without(keys: readonly Buffer[], others: readonly Buffer[]): Buffer[] {
  return keys.filter(key => !others.some(other => other.equals(key)))
}

/**
 * The documents of a collection and their entries in its indexes. Writes need a transaction, which the caller has
 * begun.
 */
export class Collection {
  readonly id: number
  /** `database.collection`. */
  readonly namespace: string
  readonly byId: Index
  /** Whether the collection's tables have been dropped. A cursor on it ends then. */
  isDropped = false
  /** Number of documents that were changed since the store was opened. A search notices changes by it. */
  changes = 0
  readonly #indexes: SecondaryIndex[] = []
  readonly #onMultikey: (index: SecondaryIndex) => void
  readonly #insert: StatementSync
  readonly #update: StatementSync
  readonly #remove: StatementSync
  readonly #byRow: StatementSync
  readonly #byKey: StatementSync
  readonly #rows: StatementSync
  readonly #count: StatementSync

  constructor(db: DatabaseSync, id: number, namespace: string, onMultikey: (index: SecondaryIndex) => void) {
    const table = Collection.tableOf(id)
    this.id = id
    this.namespace = namespace
    this.byId = new Index(
      db,
      table,
      'id',
      0,
      { v: 2, key: { _id: 1 }, name: '_id_' },
      [{ path: '_id', isDescending: false }],
      false
    )
    this.#onMultikey = onMultikey
    this.#insert = db.prepare(`INSERT OR IGNORE INTO ${table} (key, doc) VALUES (?, ?)`)
    this.#update = db.prepare(`UPDATE ${table} SET doc = ? WHERE id = ?`)
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE id = ?`)
    this.#byRow = db.prepare(`SELECT doc FROM ${table} WHERE id = ?`)
    this.#byKey = db.prepare(`SELECT id, doc FROM ${table} WHERE key = ?`)
    this.#rows = db.prepare(`SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`)
    this.#count = db.prepare(`SELECT count(*) AS count FROM ${table}`)
  }

  static tableOf(id: number): string {
    return `documents_${id}`
  }

  static create(db: DatabaseSync, id: number): void {
    // AUTOINCREMENT: rows are in the order of insertion, and no number is used again while a cursor is at it.
    db.exec(
      `CREATE TABLE ${Collection.tableOf(id)} ` +
        '(id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, doc BLOB NOT NULL) STRICT'
    )
  }

  get secondaryIndexes(): readonly SecondaryIndex[] {
    return this.#indexes
  }

  get indexes(): readonly Index[] {
    return [this.byId, ...this.#indexes]
  }

  /** Adds an index that `addToIndex` has filled. */
  addIndex(index: SecondaryIndex): void {
    this.#indexes.push(index)
  }

  removeIndex(index: SecondaryIndex): void {
    this.#indexes.splice(this.#indexes.indexOf(index), 1)
  }

  count(): number {
    return Number(this.#count.get()?.count)
  }

  read(row: number): Uint8Array | undefined {
    const doc = this.#byRow.get(row)?.doc
    return doc instanceof Uint8Array ? doc : undefined
  }

  readByKey(key: Uint8Array): StoredDocument | undefined {
    const found = this.#byKey.get(key)
    return found?.doc instanceof Uint8Array ? { row: Number(found.id), bytes: found.doc } : undefined
  }

  /** Returns the next rows in the order of insertion. */
  rowsAfter(row: number, count: number): number[] {
    return this.#rows.all(row, count).map(({ id }) => Number(id))
  }

  keysOf(doc: Doc): AllKeys {
    return new Map(this.#indexes.map(index => [index, documentKeys(index, doc)]))
  }

  /**
   * Inserts a document. Throws DuplicateKey before it writes anything if `_id` or a unique index has one of its keys.
   */
  insert(doc: Doc, bytes: Uint8Array): void {
    const keys = this.keysOf(doc)
    const key = keyOf(doc._id)
    if (keys.size > 0 && this.#byKey.get(key)) throw duplicateKey(this.namespace, this.byId, bytes, key)
    for (const [index, { keys: own }] of keys) this.#assertUnique(index, own, noRow, bytes)
    const { changes, lastInsertRowid } = this.#insert.run(key, bytes)
    if (changes === 0) throw duplicateKey(this.namespace, this.byId, bytes, key)
    for (const [index, { keys: own, multikey }] of keys) this.#insertKeys(index, own, multikey, Number(lastInsertRowid))
  }

  /** Replaces a document whose keys were `before`. Throws DuplicateKey like `insert`. */
  replace(row: number, before: AllKeys, doc: Doc, bytes: Uint8Array): void {
    const changes = [...this.keysOf(doc)].map(([index, { keys, multikey }]) => {
      const old = before.get(index)?.keys ?? []
      return { index, multikey, added: without(keys, old), removed: without(old, keys) }
    })
    for (const { index, added } of changes) this.#assertUnique(index, added, row, bytes)
    for (const { index, added, removed, multikey } of changes) {
      for (const key of removed) index.remove(key, row)
      this.#insertKeys(index, added, multikey, row)
    }
    this.#update.run(bytes, row)
    this.changes++
  }

  remove(row: number, doc: Doc): void {
    for (const [index, { keys }] of this.keysOf(doc)) {
      for (const key of keys) index.remove(key, row)
    }
    this.#remove.run(row)
  }

  /** Adds one document to one index. Throws DuplicateKey. */
  addToIndex(index: SecondaryIndex, row: number, bytes: Uint8Array): void {
    const { keys, multikey } = documentKeys(index, decode(bytes))
    this.#assertUnique(index, keys, row, bytes)
    this.#insertKeys(index, keys, multikey, row)
  }

  #assertUnique(index: SecondaryIndex, keys: readonly Buffer[], row: number, bytes: Uint8Array): void {
    const taken = index.unique ? keys.find(key => index.hasOther(key, row)) : undefined
    if (taken) throw duplicateKey(this.namespace, index, bytes, taken)
  }

  #insertKeys(index: SecondaryIndex, keys: readonly Buffer[], multikey: boolean, row: number): void {
    for (const key of keys) index.insert(key, row)
    if (!multikey || index.multikey) return
    index.multikey = true
    this.#onMultikey(index)
  }
}
