import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { deserialize, serialize } from 'bson'
import { placeOf, referencesOf, type ItemKey, type Reference } from './dynamo-keys.ts'
import type { RecordKind, StoredRecord } from './record-store.ts'

export type Attributes = Record<string, AttributeValue>

/** A record as it is stored. */
export interface EncodedRecord {
  readonly place: ItemKey
  readonly references: readonly Reference[]
  /** Changes with each write of the record. */
  readonly revision: string
  readonly bytes: Uint8Array
  readonly isPacked: boolean
  /** Time after which the record counts as removed, seconds since the epoch. */
  readonly expires: number | undefined
}

/** The main item of a record as it was read. */
export interface StoredItem {
  readonly place: ItemKey
  /** The reference through which the record was found; undefined for a record found by its place. */
  readonly via?: ItemKey
  readonly revision: string
  /** Undefined when the bytes are in parts. */
  readonly bytes: Uint8Array | undefined
  readonly isPacked: boolean
  readonly parts: number
  readonly expires: number | undefined
}

/** Records from this size on are compressed: each KB that is written costs one unit. */
const minPackedBytes = 4096
/** Bytes of a record in one item, of which DynamoDB accepts 400 KB with all names and keys. */
export const maxItemBytes = 350 * 1024

const pack = promisify(gzip)
const unpack = promisify(gunzip)
const second = 1000

/** Encodes a record as BSON, which keeps all values as MongoDB would. */
export async function encodeRecord(kind: RecordKind, record: StoredRecord): Promise<EncodedRecord> {
  const plain = serialize(record, { ignoreUndefined: true })
  const isPacked = plain.length >= minPackedBytes
  const date: unknown = kind.expires === undefined ? undefined : Reflect.get(record, kind.expires)
  return {
    place: placeOf(kind, record),
    references: referencesOf(kind, record),
    revision: randomBytes(9).toString('base64url'),
    bytes: isPacked ? await pack(plain) : plain,
    isPacked,
    expires: date instanceof Date ? Math.ceil(date.getTime() / second) : undefined
  }
}

/** Decodes a record. Throws when its bytes are damaged; `lenient` accepts texts with invalid bytes. */
export async function decodeRecord(bytes: Uint8Array, isPacked: boolean, lenient = false): Promise<StoredRecord> {
  const plain = isPacked ? await unpack(bytes) : bytes
  return deserialize(plain, { validation: { utf8: !lenient } }) as StoredRecord
}

/** Returns the bytes of a record that does not fit into one item, in parts that do. Empty for one that fits. */
export function partsOf({ bytes }: EncodedRecord): Uint8Array[] {
  if (bytes.length <= maxItemBytes) return []
  const count = Math.ceil(bytes.length / maxItemBytes)
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * maxItemBytes, (n + 1) * maxItemBytes))
}

const expiry = ({ expires }: EncodedRecord): Attributes =>
  expires === undefined ? {} : { expires: { N: String(expires) } }

export const keyAttributes = ({ pk, sk }: ItemKey): { pk: AttributeValue; sk: AttributeValue } => ({
  pk: { S: pk },
  sk: { S: sk }
})

/** Returns the main item of a record. */
export function mainItem(record: EncodedRecord): Attributes {
  const { place, revision, bytes, isPacked } = record
  const parts = partsOf(record).length
  return {
    ...keyAttributes(place),
    rev: { S: revision },
    ...(parts > 0 ? { parts: { N: String(parts) } } : { data: { B: bytes } }),
    ...(isPacked && { packed: { BOOL: true } }),
    ...expiry(record)
  }
}

/** Returns the item of a part of a large record. */
export function partItem(record: EncodedRecord, key: ItemKey, data: Uint8Array): Attributes {
  return { ...keyAttributes(key), data: { B: data }, ...expiry(record) }
}

/** Returns the item that names the place of a record. */
export function referenceItem(record: EncodedRecord, reference: Reference): Attributes {
  const { pk, sk } = record.place
  return { ...keyAttributes(reference), placePk: { S: pk }, placeSk: { S: sk }, ...expiry(record) }
}

export function keyIn(item: Attributes): ItemKey {
  return { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' }
}

/** Returns the place that a reference names. */
export function placeIn(item: Attributes): ItemKey {
  return { pk: item.placePk?.S ?? '', sk: item.placeSk?.S ?? '' }
}

/** Reads a main item. */
export function readMainItem(item: Attributes): StoredItem {
  return {
    place: keyIn(item),
    revision: item.rev?.S ?? '',
    bytes: item.data?.B,
    isPacked: item.packed?.BOOL === true,
    parts: Number(item.parts?.N ?? 0),
    expires: item.expires?.N === undefined ? undefined : Number(item.expires.N)
  }
}

/** Whether an item counts as removed: DynamoDB removes it days later. */
export function isExpired(item: Attributes, nowMs: number): boolean {
  return item.expires?.N !== undefined && Number(item.expires.N) * second <= nowMs
}

/** Returns the time with which `expires` of an item is compared. */
export const expiryNow = (nowMs: number): AttributeValue => ({ N: String(Math.floor(nowMs / second)) })
