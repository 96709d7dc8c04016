import type { AttributeValue, TransactWriteItem, WriteRequest } from '@aws-sdk/client-dynamodb'
import {
  expiryNow,
  keyAttributes,
  mainItem,
  partItem,
  partsOf,
  referenceItem,
  type EncodedRecord,
  type StoredItem
} from './dynamo-items.ts'
import { keyText, partKey, type ItemKey, type Reference } from './dynamo-keys.ts'
import type { RecordKind } from './record-store.ts'

/** The actions that write one record. */
export interface RecordWrite {
  /** These are carried out together. The first one is that of the main item. */
  readonly actions: readonly TransactWriteItem[]
  /** References for which one transaction has no room: stored before it, or removed after it. */
  readonly before: readonly WriteRequest[]
  readonly after: readonly WriteRequest[]
  readonly bytes: number
}

/** A stored record with its references. */
export interface StoredVersion {
  readonly item: StoredItem
  readonly references: readonly Reference[]
}

/** A reference that finds no record: an interrupted write has left it. */
export interface StaleReference {
  readonly key: ItemKey
  /** The place that it names. */
  readonly place: ItemKey
  /** The revision of the record there; undefined when there is none. */
  readonly revision?: string
}

/** Actions of one transaction at most. */
export const maxActions = 100
/** Estimated size of the names and keys of an item. */
const itemOverheadBytes = 500

type Condition = Pick<
  NonNullable<TransactWriteItem['Put']>,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>

export function createActions(kind: RecordKind, table: string, nowMs: () => number) {
  /** An item that DynamoDB has not removed yet, although it has expired, does not count. */
  const ifAbsent = (): Condition =>
    kind.expires === undefined
      ? {
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: { '#pk': 'pk' }
        }
      : {
          ConditionExpression: 'attribute_not_exists(#pk) OR #expires <= :now',
          ExpressionAttributeNames: { '#pk': 'pk', '#expires': 'expires' },
          ExpressionAttributeValues: { ':now': expiryNow(nowMs()) }
        }

  const ifRevision = (revision: string): Condition => ({
    ConditionExpression: '#rev = :rev',
    ExpressionAttributeNames: { '#rev': 'rev' },
    ExpressionAttributeValues: { ':rev': { S: revision } }
  })

  /** The unique values are free, or those of the same record. */
  const ifOwn = ({ pk, sk }: ItemKey): Condition => {
    const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = ifAbsent()
    const place: Record<string, AttributeValue> = { ':placePk': { S: pk }, ':placeSk': { S: sk } }
    return {
      ConditionExpression: `${ConditionExpression} OR (#placePk = :placePk AND #placeSk = :placeSk)`,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#placePk': 'placePk', '#placeSk': 'placeSk' },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ...place }
    }
  }

  const removeParts = ({ place, revision, parts }: StoredItem) =>
    Array.from({ length: parts }, (_, n) => remove(partKey(kind, place, revision, n)))

  const remove = (key: ItemKey): TransactWriteItem => ({ Delete: { TableName: table, Key: keyAttributes(key) } })

  const putReference = (record: EncodedRecord, reference: Reference, isNew: boolean): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: referenceItem(record, reference),
      ...(reference.isUnique && (isNew ? ifAbsent() : ifOwn(record.place)))
    }
  })

  return {
    /**
     * Returns the actions that remove a reference whose record does not exist, or was read in a revision that does not
     * have it. They are refused when the record was stored meanwhile.
     */
    removeReference({ key, place, revision }: StaleReference): TransactWriteItem[] {
      const condition: Condition =
        revision === undefined
          ? { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } }
          : ifRevision(revision)
      const { ConditionExpression = '', ...names } = condition
      return [
        { ConditionCheck: { TableName: table, Key: keyAttributes(place), ConditionExpression, ...names } },
        remove(key)
      ]
    },

    /** Returns the actions that store a record, in place of what was read there. */
    store(record: EncodedRecord, earlier?: StoredVersion): RecordWrite {
      const kept = new Set(earlier?.references.map(keyText))
      const current = new Set(record.references.map(keyText))
      // References repeat the time of removal, so those of a record that expires are all written.
      const added = record.references.filter(key => record.expires !== undefined || !kept.has(keyText(key)))
      const stale = earlier?.references.filter(key => !current.has(keyText(key))) ?? []
      const parts = partsOf(record).map((part, n): TransactWriteItem => {
        const key = partKey(kind, record.place, record.revision, n)
        return { Put: { TableName: table, Item: partItem(record, key, part) } }
      })
      const condition = earlier ? ifRevision(earlier.item.revision) : ifAbsent()
      const always = [
        { Put: { TableName: table, Item: mainItem(record), ...condition } },
        ...parts,
        ...(earlier ? removeParts(earlier.item) : [])
      ]
      const isWide = always.length + added.length + stale.length > maxActions
      const isApart = (key: Reference) => isWide && !key.isUnique
      const actions = [
        ...always,
        ...added.filter(key => !isApart(key)).map(key => putReference(record, key, !earlier)),
        ...stale.filter(key => !isApart(key)).map(remove)
      ]
      return {
        actions,
        before: added.filter(isApart).map(key => ({ PutRequest: { Item: referenceItem(record, key) } })),
        after: stale.filter(isApart).map(key => ({ DeleteRequest: { Key: keyAttributes(key) } })),
        bytes: record.bytes.length + actions.length * itemOverheadBytes
      }
    },

    /** Returns the actions that remove a record, if it is still what was read. */
    remove({ item, references }: StoredVersion): RecordWrite {
      const main = { Delete: { TableName: table, Key: keyAttributes(item.place), ...ifRevision(item.revision) } }
      const always = [main, ...removeParts(item)]
      const isWide = always.length + references.length > maxActions
      const isApart = (key: Reference) => isWide && !key.isUnique
      const actions = [...always, ...references.filter(key => !isApart(key)).map(remove)]
      return {
        actions,
        before: [],
        after: references.filter(isApart).map(key => ({ DeleteRequest: { Key: keyAttributes(key) } })),
        bytes: actions.length * itemOverheadBytes
      }
    }
  }
}
