import { isKeyValue } from './record-fields.ts'
import type { KeyChoices, KeyValue, KeyValues, RecordKey, RecordKind, RecordRange } from './record-store.ts'

/** The primary key of an item in the table. */
export interface ItemKey {
  readonly pk: string
  readonly sk: string
}

/** An item beside a record that names its place: a record is found by it, and unique values are taken by it. */
export interface Reference extends ItemKey {
  readonly isUnique: boolean
}

/** Sort keys from `from` on and before `before`. Undefined: no bound. */
export interface SortKeyBounds {
  readonly from?: string
  readonly before?: string
}

/** Ends a value in a sort key. Less than every character of an encoded value, so that `a` sorts before `ab`. */
const end = '\u0000'
/** The first text behind all sort keys that begin with a value and its end. */
const behindEnd = '\u0001'
/** Sort key of a record that is the only one of its partition: a key must not be empty. */
const noOrder = '-'
const numberDigits = 16
const maxYear = 9999

function escaped(text: string): string {
  // DynamoDB stores UTF-8, as MongoDB does, and orders texts by its bytes.
  return text.toWellFormed().replaceAll('\u0001', '\u0001\u0002').replaceAll('\u0000', '\u0001\u0001')
}

/** Encodes a value so that texts have the order of the values. */
export function encodeValue(value: KeyValue): string {
  if (typeof value === 'string') return `s${escaped(value)}`
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be in a key`)
    return `n${String(value).padStart(numberDigits, '0')}`
  }
  const year = value.getUTCFullYear()
  if (!(year >= 0 && year <= maxYear)) throw new RangeError('this date cannot be in a key')
  return `d${value.toISOString()}`
}

function sortKey(values: readonly KeyValue[]): string {
  return values.map(value => encodeValue(value) + end).join('')
}

/** Whether a key can find what another key is asked for: its fields begin with those of the other one. */
function begins(other: RecordKey, key: RecordKey): boolean {
  return other.partition === key.partition && key.order.every((field, n) => field === other.order[n])
}

/**
 * Returns the name of the key whose items find the records of a key: itself, or another one that begins with the same
 * fields, since then it needs no items of its own.
 */
export function ownerOf(kind: RecordKind, name: string): string {
  const key = keyOf(kind, name)
  if (name === 'place' || key.unique) return name
  if (begins(kind.place, key)) return 'place'
  const names = Object.keys(kind.indexes)
  const longer = names.find(other => {
    const { order } = keyOf(kind, other)
    const isFirst = order.length > key.order.length || names.indexOf(other) < names.indexOf(name)
    return other !== name && isFirst && begins(keyOf(kind, other), key)
  })
  return longer === undefined ? name : ownerOf(kind, longer)
}

function keyOf(kind: RecordKind, name: string): RecordKey {
  const key = name === 'place' ? kind.place : kind.indexes[name]
  if (!key) throw new TypeError(`${kind.name} has no key ${name}`)
  return key
}

/** Returns the partition key of the records of a kind, or of the references of one of its indexes. */
export function partitionKey(kind: RecordKind, name: string, value: KeyValue): string {
  return `${name === 'place' ? kind.name : `${kind.name}/${name}`}#${encodeValue(value)}`
}

/** Returns the key of an item that all values of a key name. */
export function itemKey(kind: RecordKind, name: string, [partition, ...order]: KeyValues): ItemKey {
  return { pk: partitionKey(kind, name, partition), sk: sortKey(order) || noOrder }
}

/** Returns the key of a part of a large record. Each revision of the record has parts of its own. */
export function partKey(kind: RecordKind, place: ItemKey, revision: string, number: number): ItemKey {
  return { pk: `${kind.name}/#parts#${place.pk.slice(kind.name.length + 1)}`, sk: `${place.sk}${revision}:${number}` }
}

/** Returns the beginning of the sort keys with these first values of the order. */
export const beginningOf = (order: readonly KeyValue[]): string => sortKey(order)

/** Returns the sort keys that a range selects, behind the first values of the order. */
export function boundsOf(order: readonly KeyValue[], { after, before }: RecordRange): SortKeyBounds {
  const start = sortKey(order)
  const from = after ? start + sortKey(after).slice(0, -end.length) + behindEnd : start
  const last = before ? start + sortKey(before) : start.slice(0, -end.length) + behindEnd
  return { ...(from !== '' && { from }), ...((before || start !== '') && { before: last }) }
}

/** Returns the values of a key for each way to choose one value from each list. */
export function combinationsOf([partition, ...order]: KeyChoices): KeyValues[] {
  const listOf = (choice: KeyChoices[number]): readonly KeyValue[] => (isList(choice) ? [...new Set(choice)] : [choice])
  return order.reduce<KeyValues[]>(
    (combinations, choice) => combinations.flatMap(values => listOf(choice).map(value => [...values, value] as const)),
    listOf(partition).map(value => [value])
  )
}

const isList = (choice: KeyChoices[number]): choice is readonly KeyValue[] => Array.isArray(choice)

/** Returns a key as one text. A partition key has no `end` in it. */
export const keyText = ({ pk, sk }: ItemKey): string => pk + end + sk

/** Returns the values at a path of fields, each once. A list on the path stands for all of its entries. */
function valuesAt(record: object, path: string): KeyValue[] {
  let found: unknown[] = [record]
  for (const name of path.split('.')) {
    found = found.flatMap(value =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : []
    )
  }
  return [...new Set(found)].filter(isKeyValue)
}

/** Returns the values of a key for each value of its partition. */
function valuesOf(record: object, { partition, order }: RecordKey): KeyValues[] {
  const rest = order.map(path => valuesAt(record, path)[0]).filter(value => value !== undefined)
  return rest.length < order.length ? [] : valuesAt(record, partition).map(value => [value, ...rest])
}

/** Returns the key of a record. Throws when it has no place. */
export function placeOf(kind: RecordKind, record: object): ItemKey {
  const [values] = valuesOf(record, kind.place)
  if (!values) throw new TypeError(`a record of ${kind.name} has no place`)
  return itemKey(kind, 'place', values)
}

/** Returns the references of a record. One that is not unique has the place in its key. */
export function referencesOf(kind: RecordKind, record: object): Reference[] {
  const place = valuesOf(record, kind.place)[0] ?? []
  const owners = Object.entries(kind.indexes).filter(([name]) => ownerOf(kind, name) === name)
  return owners.flatMap(([name, key]) =>
    valuesOf(record, key).map(values => {
      const { pk, sk } = itemKey(kind, name, key.unique ? values : [...values, ...place])
      return { pk, sk, isUnique: key.unique === true }
    })
  )
}
