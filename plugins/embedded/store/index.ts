import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Doc } from '../bson/codec.ts'
import type { KeyRange } from '../query/plan.ts'
import type { IndexField, IndexShape } from './index-shape.ts'

/** The position of a scan in an index. */
export interface KeyPosition {
  key: Uint8Array
  row: number
}

interface ScanStatements {
  forward: StatementSync
  reverse: StatementSync
}

/**
 * Prepares the reading of (key, row) in order after a position. Parameters: key, row, the other end of the range, the
 * limit.
 */
function scanStatements(db: DatabaseSync, table: string, row: string): ScanStatements {
  const select = `SELECT key, ${row} AS row FROM ${table} WHERE (key, ${row})`
  return {
    forward: db.prepare(`${select} > (?, ?) AND key < ? ORDER BY key, ${row} LIMIT ?`),
    reverse: db.prepare(`${select} < (?, ?) AND key >= ? ORDER BY key DESC, ${row} DESC LIMIT ?`)
  }
}

/**
 * An index of a collection in SQLite: a table of (key, row), or for `_id` the unique key column of the documents' own
 * table. It is read in batches. No statement stays open, so that a scan may continue after other commands have written.
 */
export class Index implements IndexShape {
  readonly name: string
  readonly fields: readonly IndexField[]
  readonly unique: boolean
  readonly sparse: boolean
  /** The stored specification, with `v` and `name`. */
  readonly spec: Doc
  readonly id: number
  multikey: boolean
  readonly #scans: ScanStatements
  readonly #count: StatementSync

  constructor(
    db: DatabaseSync,
    table: string,
    row: string,
    id: number,
    spec: Doc,
    fields: readonly IndexField[],
    multikey: boolean
  ) {
    this.id = id
    this.spec = spec
    this.name = String(spec.name)
    this.fields = fields
    this.unique = spec.unique === true || id === 0
    this.sparse = spec.sparse === true
    this.multikey = multikey
    this.#scans = scanStatements(db, table, row)
    this.#count = db.prepare(`SELECT count(*) AS count FROM ${table} WHERE key >= ? AND key < ?`)
  }

  /** Counts the entries of a range without reading a document. */
  count({ low, high }: KeyRange): number {
    return Number(this.#count.get(low, high)?.count)
  }

  /** Returns the next entries of a range, at most `count`, after a position or from the beginning of the range. */
  read(range: KeyRange, isReverse: boolean, after: KeyPosition | undefined, count: number): KeyPosition[] {
    const from = after ?? { key: isReverse ? range.high : range.low, row: -1 }
    const statement = isReverse ? this.#scans.reverse : this.#scans.forward
    return statement
      .all(from.key, from.row, isReverse ? range.low : range.high, count)
      .flatMap(({ key, row }) => (key instanceof Uint8Array ? [{ key, row: Number(row) }] : []))
  }
}

/** An index with its own table: every index except that of `_id`. */
export class SecondaryIndex extends Index {
  readonly #insert: StatementSync
  readonly #remove: StatementSync
  readonly #other: StatementSync

  constructor(db: DatabaseSync, id: number, spec: Doc, fields: readonly IndexField[], multikey: boolean) {
    const table = SecondaryIndex.tableOf(id)
    super(db, table, 'row', id, spec, fields, multikey)
    this.#insert = db.prepare(`INSERT INTO ${table} (key, row) VALUES (?, ?)`)
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE key = ? AND row = ?`)
    this.#other = db.prepare(`SELECT row FROM ${table} WHERE key = ? AND row <> ? LIMIT 1`)
  }

  static tableOf(id: number): string {
    return `index_${id}`
  }

  static create(db: DatabaseSync, id: number): void {
    db.exec(
      `CREATE TABLE ${SecondaryIndex.tableOf(id)} ` +
        '(key BLOB NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (key, row)) WITHOUT ROWID, STRICT'
    )
  }

  insert(key: Uint8Array, row: number): void {
    this.#insert.run(key, row)
  }

  remove(key: Uint8Array, row: number): void {
    this.#remove.run(key, row)
  }

  /** Returns the row of the document with a key, for a unique index. */
  rowAt(key: Uint8Array): number | undefined {
    const found = this.#other.get(key, -1)
    return found && Number(found.row)
  }

  /** Whether a document in another row has the key. */
  hasOther(key: Uint8Array, row: number): boolean {
    return this.#other.get(key, row) !== undefined
  }
}
