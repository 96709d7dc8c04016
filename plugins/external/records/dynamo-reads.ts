import type { StaleReference } from './dynamo-actions.ts'
import {
  decodeRecord,
  expiryNow,
  isExpired,
  keyIn,
  placeIn,
  readMainItem,
  type Attributes,
  type StoredItem
} from './dynamo-items.ts'
import {
  beginningOf,
  boundsOf,
  combinationsOf,
  itemKey,
  keyText,
  ownerOf,
  partKey,
  partitionKey,
  referencesOf,
  type ItemKey
} from './dynamo-keys.ts'
import { inOneOrder } from './dynamo-merge.ts'
import { maxBatchKeys, type DynamoRequests, type ItemRange } from './dynamo-requests.ts'
import type { DecodedRecord, KeyChoices, KeyValues, RecordKind, RecordRange, StoredRecord } from './record-store.ts'

/** Main items that were read together, and the references of the page that name none. */
interface ItemPage {
  readonly items: readonly StoredItem[]
  readonly dangling: readonly StaleReference[]
}

export type DynamoReads<R extends StoredRecord> = ReturnType<typeof createDynamoReads<R>>

/** Reads the records of one kind. */
export function createDynamoReads<R extends StoredRecord>({
  kind,
  requests,
  nowMs
}: {
  kind: RecordKind
  requests: DynamoRequests
  nowMs: () => number
}) {
  const itemOf = (attributes: Attributes | undefined): StoredItem | undefined =>
    attributes && !isExpired(attributes, nowMs()) ? readMainItem(attributes) : undefined

  const findItem = async (place: ItemKey): Promise<StoredItem | undefined> => itemOf(await requests.find(place))

  /** Returns the bytes of a record; undefined when it was replaced or removed meanwhile. */
  async function bytesOf({ place, revision, bytes, parts }: StoredItem): Promise<Uint8Array | undefined> {
    if (bytes) return bytes
    const keys = Array.from({ length: parts }, (_, n) => partKey(kind, place, revision, n))
    const found = await requests.findMany(keys)
    const pieces = keys.map(key => found.get(keyText(key))?.data?.B)
    const all = pieces.filter(piece => piece !== undefined)
    return all.length === pieces.length ? Buffer.concat(all) : undefined
  }

  /** Returns the record that was read; undefined when it was replaced or removed meanwhile. */
  async function decode(item: StoredItem, lenient = false): Promise<R | undefined> {
    const bytes = await bytesOf(item)
    return bytes && ((await decodeRecord(bytes, item.isPacked, lenient)) as R)
  }

  /** Returns a record of which an item was read; undefined when the key does not find it any more. */
  async function decodeLatest(read: StoredItem): Promise<R | undefined> {
    for (let item: StoredItem | undefined = read; item; item = await findItem(item.place)) {
      const record = await decode(item)
      if (record) return isFoundBy(record, read.via) ? record : undefined
      await assertChanged(item)
    }
    return undefined
  }

  /** Throws when parts of a record are missing, although nobody has replaced or removed it since it was read. */
  async function assertChanged({ place, revision }: StoredItem): Promise<void> {
    const latest = await findItem(place)
    if (latest?.revision === revision) throw new Error(`a record of ${kind.name} has missing parts`)
  }

  function isFoundBy(record: R, via: ItemKey | undefined): boolean {
    return !via || referencesOf(kind, record).some(key => key.pk === via.pk && key.sk === via.sk)
  }

  function rangeOf(name: string, [partition, ...order]: KeyValues, range: RecordRange): ItemRange {
    return {
      pk: partitionKey(kind, name, partition),
      bounds: boundsOf(order, range),
      reverse: range.reverse,
      // One more than asked for: the upper bound may be read and left out.
      pageSize: range.limit === undefined ? undefined : range.limit + 1
    }
  }

  /** Returns the main items that references name, in order. Adds the references to nothing to `dangling`. */
  async function follow(references: readonly Attributes[], dangling: StaleReference[] = []): Promise<StoredItem[]> {
    const found = await requests.findMany(references.map(placeIn))
    return references.flatMap(reference => {
      const place = placeIn(reference)
      const attributes = found.get(keyText(place))
      if (!attributes) dangling.push({ key: keyIn(reference), place })
      const item = itemOf(attributes)
      return item ? [{ ...item, via: keyIn(reference) }] : []
    })
  }

  /**
   * Yields pages of the records that a key finds, and of some that it does not find any more; and the references to
   * nothing among them.
   */
  async function* itemPages(key: string, values: KeyValues, range: RecordRange = {}): AsyncGenerator<ItemPage> {
    const owner = ownerOf(kind, key)
    for await (const page of requests.pages(rangeOf(owner, values, range))) {
      if (owner === 'place') yield { items: page.flatMap(attributes => itemOf(attributes) ?? []), dangling: [] }
      else {
        for (let n = 0; n < page.length; n += maxBatchKeys) {
          const dangling: StaleReference[] = []
          yield { items: await follow(page.slice(n, n + maxBatchKeys), dangling), dangling }
        }
      }
    }
  }

  async function* itemsOf(key: string, values: KeyValues, range: RecordRange): AsyncGenerator<StoredItem> {
    for await (const { items } of itemPages(key, values, range)) yield* items
  }

  /** Yields the items that a key finds, those of all choices in one order. */
  function items(key: string, choices: KeyChoices, range: RecordRange): AsyncGenerator<StoredItem> {
    const lists = combinationsOf(choices).map(values => ({
      items: itemsOf(key, values, range),
      beginning: beginningOf(values.slice(1))
    }))
    return inOneOrder(lists, range.reverse === true)
  }

  async function findAt(place: ItemKey): Promise<R | null> {
    const item = await findItem(place)
    return (item && (await decodeLatest(item))) ?? null
  }

  /** Returns the id of a damaged record, which is in a key of the kind. */
  function idOf({ place, via }: StoredItem): string {
    const text = place.pk.slice(place.pk.indexOf('#') + 2)
    return kind.place.partition === '_id' || via === undefined ? `${text} ${place.sk}`.trimEnd() : text
  }

  async function toDecoded(item: StoredItem): Promise<DecodedRecord<R> | undefined> {
    try {
      const record = await decodeLatest(item)
      return record && { record }
    } catch (error) {
      return { id: idOf(item), error }
    }
  }

  async function* listDecoded(
    key: string,
    values: KeyChoices,
    range: RecordRange = {}
  ): AsyncGenerator<DecodedRecord<R>> {
    let left = range.limit ?? Infinity
    for await (const item of items(key, values, range)) {
      const decoded = await toDecoded(item)
      if (decoded) yield decoded
      if (decoded && --left === 0) return
    }
  }

  return {
    findItem,
    findAt,
    decode,
    isFoundBy,
    assertChanged,
    itemPages,
    listDecoded,

    async find(key: string, values: KeyValues): Promise<R | null> {
      const named = itemKey(kind, key, values)
      if (key === 'place') return await findAt(named)
      const reference = await requests.find(named)
      const [item] = reference ? await follow([reference]) : []
      return (item && (await decodeLatest(item))) ?? null
    },

    async findMany(places: readonly KeyValues[]): Promise<R[]> {
      const found = await requests.findMany(places.map(values => itemKey(kind, 'place', values)))
      const records = await Promise.all(
        [...found.values()].map(async attributes => {
          const item = itemOf(attributes)
          return item && (await decodeLatest(item))
        })
      )
      return records.filter(record => record !== undefined)
    },

    async *list(key: string, values: KeyChoices, range?: RecordRange): AsyncGenerator<R> {
      for await (const decoded of listDecoded(key, values, range)) {
        if ('error' in decoded) throw decoded.error
        yield decoded.record
      }
    },

    async *listAll(): AsyncGenerator<DecodedRecord<R>> {
      for await (const page of requests.scan(`${kind.name}#`)) {
        for (const attributes of page) {
          const item = itemOf(attributes)
          const decoded = item && (await toDecoded(item))
          if (decoded) yield decoded
        }
      }
    },

    async count(key: string, values: KeyValues): Promise<number> {
      const owner = ownerOf(kind, key)
      if (owner === 'place') return await requests.count(rangeOf(owner, values, {}), expiryNow(nowMs()))
      // References to nothing do not count.
      let count = 0
      for await (const { items } of itemPages(key, values)) {
        const records = await Promise.all(items.map(async item => await toDecoded(item)))
        count += records.filter(record => record !== undefined).length
      }
      return count
    }
  }
}
