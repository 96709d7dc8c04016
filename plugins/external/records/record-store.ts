/** A value in a key. Dates are ordered by time, numbers are integers from 0 to 2^53 - 1. */
export type KeyValue = string | number | Date

/** A stored record: an id that is unique in its kind, and fields of JSON, dates, and `undefined` for missing ones. */
export interface StoredRecord {
  _id: string
}

/**
 * A way to find records of a kind. Field names may have dots. A record without one of the fields cannot be found this
 * way.
 */
export interface RecordKey {
  /** Field whose value groups records. */
  readonly partition: string
  /** Fields that order the records of a partition. A lookup may give values for the first of them. */
  readonly order: readonly string[]
  /** No two records have the same values of all fields. */
  readonly unique?: true
}

/**
 * A kind of records. In MongoDB it is a collection, whose documents are the records; in DynamoDB a part of the table.
 */
export interface RecordKind<Indexes extends string = string> {
  readonly name: string
  /** Place of a record. No two records have the same one. */
  readonly place: RecordKey
  /** Further ways to find records. Must include one by `_id`, unless the place is the id. */
  readonly indexes: Readonly<Record<Indexes, RecordKey>>
  /** Field with the date after which the store removes the record, within days. */
  readonly expires?: string
}

/** Values of the fields of a key: the partition, and then the first fields of the order, or all of them. */
export type KeyValues = readonly [KeyValue, ...KeyValue[]]

/** Selects records of one partition, in the order of the key, or newest first with `reverse`. */
export interface RecordRange {
  /** The value of the next field of the order must be greater than this. */
  readonly after?: KeyValue | undefined
  /** The value of the next field of the order must be less than this. */
  readonly before?: KeyValue | undefined
  readonly reverse?: boolean
  readonly limit?: number | undefined
}

/** A record as a reader of possibly damaged data gets it. */
export type DecodedRecord<R> = { readonly record: R } | { readonly id: unknown; readonly error: unknown }

/** A record with the same place, unique values or a later version is stored already. */
export class RecordConflict extends Error {
  /** Position of the record in the call, from 0. All records of an `append` before it are stored, none behind it. */
  readonly position: number

  constructor(kind: string, position: number) {
    super(`another record of ${kind} is stored at this place`)
    this.name = 'RecordConflict'
    this.position = position
  }
}

/**
 * Records of one kind. Reads are consistent: they see every write that was answered before. Each call may fail with an
 * error of the store, and may be repeated then.
 */
export interface RecordTable<R extends StoredRecord, Indexes extends string = string> {
  /** Returns the record with these values of a unique key; null when there is none. */
  find(key: Indexes | 'place', values: KeyValues): Promise<R | null>

  /** Returns the records at these places, in any order; missing ones are left out. Places may repeat. */
  findMany(places: readonly KeyValues[]): Promise<R[]>

  /**
   * Stores new records in order, and stops at the first one whose place or unique values are taken. Throws
   * RecordConflict. Places that rise without a hole make the log of one writer: a second writer finds its slot taken.
   */
  append(records: readonly R[]): Promise<void>

  /**
   * Stores new records in any order. Returns the positions of those whose place or unique values are taken; all others
   * are stored.
   */
  insertEach(records: readonly R[]): Promise<number[]>

  /**
   * Stores a record in place of an earlier one with the same place. With `unlessGreater`, a number field, refuses to
   * replace a record in which this field is greater; a missing field counts as 0. Throws RecordConflict.
   */
  put(record: R, options?: { unlessGreater?: string }): Promise<void>

  /**
   * Replaces each record that a key finds with what `change` returns; null leaves it as it is. A record that somebody
   * changed meanwhile is read again and given to `change` again. The place and unique values must stay. Returns how many
   * were changed. Safe to repeat; an interrupted call has changed some of them.
   */
  changeEach(key: Indexes | 'place', values: KeyValues, change: (record: R) => R | null): Promise<number>

  /** Yields the records that a key finds. Records stored meanwhile may be missing. */
  list(key: Indexes | 'place', values: KeyValues, range?: RecordRange): AsyncGenerator<R>

  /** Yields the records that a key finds, also those that cannot be decoded. */
  listDecoded(key: Indexes | 'place', values: KeyValues, range?: RecordRange): AsyncGenerator<DecodedRecord<R>>

  /** Counts the records that a key finds. */
  count(key: Indexes | 'place', values: KeyValues): Promise<number>

  /** Removes the records that a key finds. Safe to repeat; an interrupted call has removed some of them. */
  remove(key: Indexes | 'place', values: KeyValues): Promise<void>
}

/**
 * A store of append-only and keyed data that grows without bound: events of rooms, comments, statistics, and the cache
 * of metadata.
 */
export interface RecordStore {
  /** Where records are, for logs and commands: without user names, passwords and keys. */
  readonly label: string
  /** Opens a kind, and creates what the store needs for it. Safe to repeat. */
  open<R extends StoredRecord, Indexes extends string>(kind: RecordKind<Indexes>): Promise<RecordTable<R, Indexes>>
  /** Rejects when the store cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
