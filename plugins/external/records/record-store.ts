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
  /**
   * Field whose value groups records. A record with a list of values, or with a list on the path to the field, is in
   * the partition of each of them. A place has one value.
   */
  readonly partition: string
  /**
   * Fields that order the records of a partition. A lookup may give values for the first of them. A key whose fields
   * are the first ones of another key needs nothing of its own in the store.
   */
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
  /** Further ways to find records. Must include one by `_id`, unless the place determines the id. */
  readonly indexes: Readonly<Record<Indexes, RecordKey>>
  /** Field with the date after which the store removes the record, within days. */
  readonly expires?: string
}

/** Values of the fields of a key: the partition, and then the first fields of the order, or all of them. */
export type KeyValues = readonly [KeyValue, ...KeyValue[]]

/**
 * Values of the fields of a key like `KeyValues`. A list, which may be empty, stands for any of its values: the records
 * of all of them come in one order, that of the fields behind.
 */
export type KeyChoices = readonly [KeyChoice, ...KeyChoice[]]
export type KeyChoice = KeyValue | readonly KeyValue[]

/** Fields that the caller does not read. The store may leave them out. */
export interface OmittedFields {
  readonly without?: readonly string[]
}

/** Selects and orders records: in the order of the fields behind the given values, or the other way with `reverse`. */
export interface RecordRange extends OmittedFields {
  /** The next fields of the order, one or more of them, must be greater than these values. */
  readonly after?: KeyValues | undefined
  /** The next fields of the order, one or more of them, must be less than these values. */
  readonly before?: KeyValues | undefined
  readonly reverse?: boolean
  /** Maximum number of records, from 1. */
  readonly limit?: number | undefined
  /** Maximum number of records that the store reads at a time, for a reader that may stop early. */
  readonly readAhead?: number
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

/** The store cannot be reached, or does not answer in time. The same call may succeed later. */
export class RecordStoreUnavailable extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'the store of records does not answer', { cause })
    this.name = 'RecordStoreUnavailable'
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
  findMany(places: readonly KeyValues[], options?: OmittedFields): Promise<R[]>

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
   * Replaces each record that a key finds with what `change` returns; null, or an equal record, leaves it as it is.
   * `change` must not change its argument. A record that somebody changed meanwhile is read again and given to `change`
   * again; where the key finds several records, perhaps with the change in it already. The place and the id must stay;
   * other values of keys may change, to unique ones that no other record has, else it throws RecordConflict. Stops
   * after `limit` changed records. Returns how many were changed. Safe to repeat; an interrupted call has changed some
   * of them. Texts with invalid bytes do not keep a record from being changed.
   */
  changeEach(
    key: Indexes | 'place',
    values: KeyValues,
    change: (record: R) => R | null,
    options?: { limit?: number }
  ): Promise<number>

  /** Yields the records that a key finds. Records stored meanwhile may be missing. */
  list(key: Indexes | 'place', values: KeyChoices, range?: RecordRange): AsyncGenerator<R>

  /** Yields the records that a key finds, also those that cannot be decoded. */
  listDecoded(key: Indexes | 'place', values: KeyValues, range?: RecordRange): AsyncGenerator<DecodedRecord<R>>

  /** Counts the records that a key finds. */
  count(key: Indexes | 'place', values: KeyValues): Promise<number>

  /** Yields all records of the kind, in no order, also those that cannot be decoded. For copies. */
  listAll(): AsyncGenerator<DecodedRecord<R>>

  /** Removes the records that a key finds. Safe to repeat; an interrupted call has removed some of them. */
  remove(key: Indexes | 'place', values: KeyValues): Promise<void>
}

/**
 * A store of append-only and keyed data that grows without bound: events of rooms, comments, statistics, and the cache
 * of metadata.
 */
export interface RecordStore {
  /** Name of the store for logs and commands, without user names, passwords and keys. */
  readonly label: string
  /** Whether records are elsewhere than the rest of the data. */
  readonly isApart: boolean
  /** Opens a kind, and creates what the store needs for it. Safe to repeat. */
  open<R extends StoredRecord, Indexes extends string>(kind: RecordKind<Indexes>): Promise<RecordTable<R, Indexes>>
  /** Rejects when the store cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
