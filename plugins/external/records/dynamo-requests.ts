import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  type TransactWriteItem,
  type WriteRequest
} from '@aws-sdk/client-dynamodb'
import { cancellationCodes, isBusy, isUnavailable } from './dynamo-errors.ts'
import { keyAttributes, keyIn, type Attributes } from './dynamo-items.ts'
import { keyText, type ItemKey, type SortKeyBounds } from './dynamo-keys.ts'
import { RecordStoreUnavailable } from './record-store.ts'

/** Time in which a request that DynamoDB cannot carry out at the moment is repeated. */
const busyTimeoutMs = 10_000
const firstDelayMs = 10
const maxDelayMs = 1000
/** Keys that one BatchGetItem accepts. */
export const maxBatchKeys = 100

/** Items that one BatchWriteItem accepts. */
const maxBatchWrites = 25

/** Selects items of a partition. */
export interface ItemRange {
  readonly pk: string
  readonly bounds: SortKeyBounds
  readonly reverse?: boolean | undefined
  /** Items of one page at most. */
  readonly pageSize?: number | undefined
}

/** The items of a batch that were not processed, and whether others were, so that the rest need not wait. */
interface Batch<T> {
  readonly unprocessed: T[]
  readonly hasProgress: boolean
}

export type DynamoRequests = ReturnType<typeof createDynamoRequests>

/** Sends requests for the items of one table. All reads are consistent. */
export function createDynamoRequests(client: DynamoDBClient, table: string) {
  /** Repeats a request while DynamoDB is busy. `delays` grow and differ, so that those who collide part. */
  async function repeat<T>(send: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + busyTimeoutMs
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, maxDelayMs)) {
      try {
        return await send()
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) {
          throw isUnavailable(error) ? new RecordStoreUnavailable(error) : error
        }
        await delay(delayMs * (0.5 + Math.random()))
      }
    }
  }

  /** Stores one item. Returns false when its condition fails, unless it is stored already by the same write. */
  async function putOne(put: NonNullable<TransactWriteItem['Put']>): Promise<boolean> {
    try {
      const command = new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
      await repeat(async () => await client.send(command))
      return true
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      return error.Item?.rev?.S !== undefined && error.Item.rev.S === put.Item?.rev?.S
    }
  }

  /** The input of a query; undefined for a range without a place, which DynamoDB refuses. */
  function rangeInput({ pk, bounds, reverse, pageSize }: ItemRange): QueryCommandInput | undefined {
    const { from, before } = bounds
    if (from !== undefined && before !== undefined && isNotBelow(from, before)) return undefined
    const conditions = ['#pk = :pk']
    if (from !== undefined && before !== undefined) conditions.push('#sk BETWEEN :from AND :before')
    else if (from !== undefined) conditions.push('#sk >= :from')
    else if (before !== undefined) conditions.push('#sk < :before')
    return {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: { '#pk': 'pk', ...(conditions.length > 1 && { '#sk': 'sk' }) },
      ExpressionAttributeValues: {
        ':pk': { S: pk },
        ...(from !== undefined && { ':from': { S: from } }),
        ...(before !== undefined && { ':before': { S: before } })
      },
      ScanIndexForward: reverse !== true,
      ...(pageSize !== undefined && { Limit: pageSize })
    }
  }

  /** Sends a batch, and again those that `send` returns because DynamoDB had no capacity for them. */
  async function drain<T>(batch: readonly T[], send: (batch: T[]) => Promise<Batch<T>>): Promise<void> {
    const deadline = performance.now() + busyTimeoutMs
    for (let left = [...batch], delayMs = firstDelayMs; left.length > 0;) {
      const { unprocessed, hasProgress } = await send(left)
      left = unprocessed
      if (left.length === 0 || hasProgress) continue
      if (performance.now() > deadline) throw new RecordStoreUnavailable(new Error('DynamoDB processes no items'))
      await delay(delayMs * (0.5 + Math.random()))
      delayMs = Math.min(2 * delayMs, maxDelayMs)
    }
  }

  async function readBatch(keys: readonly ItemKey[], found: Map<string, Attributes>): Promise<void> {
    await drain<Attributes>(keys.map(keyAttributes), async batch => {
      const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: batch, ConsistentRead: true } } })
      const { Responses, UnprocessedKeys } = await repeat(async () => await client.send(command))
      const items = Responses?.[table] ?? []
      for (const item of items) found.set(keyText(keyIn(item)), item)
      // An answer has 16 MB at most: the others are read at once.
      return { unprocessed: UnprocessedKeys?.[table]?.Keys ?? [], hasProgress: items.length > 0 }
    })
  }

  async function writeBatch(writes: readonly WriteRequest[]): Promise<void> {
    await drain<WriteRequest>(writes, async batch => {
      const command = new BatchWriteItemCommand({ RequestItems: { [table]: batch } })
      const { UnprocessedItems } = await repeat(async () => await client.send(command))
      return { unprocessed: UnprocessedItems?.[table] ?? [], hasProgress: false }
    })
  }

  return {
    table,

    /** Carries out writes one by one and in any order. */
    async writeEach(writes: readonly WriteRequest[]): Promise<void> {
      for (let n = 0; n < writes.length; n += maxBatchWrites) await writeBatch(writes.slice(n, n + maxBatchWrites))
    },

    /**
     * Carries out actions together, or none of them. Returns the positions of those whose condition failed; nothing is
     * stored then.
     */
    async commit(actions: readonly TransactWriteItem[]): Promise<number[]> {
      const [first, ...others] = actions
      if (first?.Put && others.length === 0) return (await putOne(first.Put)) ? [] : [0]
      // A repeated request with the same token changes nothing.
      const command = new TransactWriteItemsCommand({
        TransactItems: [...actions],
        ClientRequestToken: randomUUID()
      })
      try {
        await repeat(async () => await client.send(command))
        return []
      } catch (error) {
        const codes = cancellationCodes(error)
        const failed = codes?.flatMap((code, position) => (code === 'ConditionalCheckFailed' ? [position] : [])) ?? []
        if (failed.length === 0) throw error
        return failed
      }
    },

    /** Returns an item; undefined when there is none. */
    async find(key: ItemKey): Promise<Attributes | undefined> {
      const command = new GetItemCommand({ TableName: table, Key: keyAttributes(key), ConsistentRead: true })
      return (await repeat(async () => await client.send(command))).Item
    },

    /** Returns the items that exist, by the text of their keys. Keys may repeat. */
    async findMany(keys: readonly ItemKey[]): Promise<Map<string, Attributes>> {
      const different = [...new Map(keys.map(key => [keyText(key), key])).values()]
      const found = new Map<string, Attributes>()
      for (let n = 0; n < different.length; n += maxBatchKeys) {
        await readBatch(different.slice(n, n + maxBatchKeys), found)
      }
      return found
    },

    /** Yields pages of items, in order. */
    async *pages(range: ItemRange): AsyncGenerator<Attributes[]> {
      const input = rangeInput(range)
      if (!input) return
      do {
        const command = new QueryCommand(input)
        const { Items = [], LastEvaluatedKey } = await repeat(async () => await client.send(command))
        // BETWEEN includes the upper bound.
        yield Items.filter(({ sk }) => sk?.S !== range.bounds.before)
        input.ExclusiveStartKey = LastEvaluatedKey
      } while (input.ExclusiveStartKey)
    },

    /** Counts items that have not expired. */
    async count(range: ItemRange, now: Attributes[string]): Promise<number> {
      const input = rangeInput(range)
      if (!input) return 0
      input.Select = 'COUNT'
      input.FilterExpression = 'attribute_not_exists(#expires) OR #expires > :now'
      input.ExpressionAttributeNames = { ...input.ExpressionAttributeNames, '#expires': 'expires' }
      input.ExpressionAttributeValues = { ...input.ExpressionAttributeValues, ':now': now }
      let count = 0
      do {
        const command = new QueryCommand(input)
        const { Count = 0, LastEvaluatedKey } = await repeat(async () => await client.send(command))
        count += Count
        input.ExclusiveStartKey = LastEvaluatedKey
      } while (input.ExclusiveStartKey)
      return count
    },

    /** Yields pages of all items whose partition key begins with a text, in no order. */
    async *scan(prefix: string): AsyncGenerator<Attributes[]> {
      let start: Attributes | undefined
      do {
        const command: ScanCommand = new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          FilterExpression: 'begins_with(#pk, :prefix)',
          ExpressionAttributeNames: { '#pk': 'pk' },
          ExpressionAttributeValues: { ':prefix': { S: prefix } },
          ExclusiveStartKey: start
        })
        const { Items = [], LastEvaluatedKey } = await repeat(async () => await client.send(command))
        yield Items
        start = LastEvaluatedKey
      } while (start)
    }
  }
}

/** Compares as DynamoDB orders keys: by the bytes of UTF-8, which is not the order of JavaScript. */
const isNotBelow = (from: string, before: string): boolean =>
  Buffer.compare(Buffer.from(from), Buffer.from(before)) >= 0
