import type { DynamoAddress } from '../../../config/records-url.ts'
import { createDynamoClient, type DynamoKeys, type OnCommand } from './dynamo-client.ts'
import { createDynamoReads } from './dynamo-reads.ts'
import { createDynamoRequests } from './dynamo-requests.ts'
import { checkKeys, createTable, enableExpiry } from './dynamo-setup.ts'
import { createDynamoWrites } from './dynamo-writes.ts'
import type { RecordKind, RecordStore, RecordTable, StoredRecord } from './record-store.ts'

export interface DynamoRecordsParts {
  address: DynamoAddress
  keys: DynamoKeys
  onCommand?: OnCommand | undefined
  /** Items that have expired are not removed, perhaps because the keys lack a permission. */
  onExpiryFailed?: ((permission: string, error: unknown) => void) | undefined
  nowMs?: () => number
}

/**
 * Records in one table of DynamoDB. A record is an item, and each of its further keys an item of the same table that
 * names it: they are written in one transaction. A global secondary index would lag behind, and an erasure that reads
 * it could miss records.
 */
export async function openDynamoRecords({
  address,
  keys,
  onCommand = () => () => {},
  onExpiryFailed = () => {},
  nowMs = Date.now
}: DynamoRecordsParts): Promise<RecordStore> {
  const { region, table, endpoint } = address
  const client = createDynamoClient(address, keys, onCommand)
  const label = `DynamoDB table ${table} in ${endpoint === undefined ? region : new URL(endpoint).host}`
  try {
    await createTable(client, table)
    await enableExpiry(client, table, onExpiryFailed)
  } catch (error) {
    client.destroy()
    throw new Error(`cannot open the ${label}`, { cause: error })
  }
  const requests = createDynamoRequests(client, table)

  return {
    label,
    isApart: true,

    async open<R extends StoredRecord, Indexes extends string>(kind: RecordKind<Indexes>) {
      await checkKeys(client, table, kind)
      const reads = createDynamoReads<R>({ kind, requests, nowMs })
      const writes = createDynamoWrites<R>({ kind, requests, reads, nowMs })
      const { find, findMany, list, listDecoded, listAll, count } = reads
      return { find, findMany, list, listDecoded, listAll, count, ...writes } satisfies RecordTable<R, Indexes>
    },

    async ping() {
      await requests.find({ pk: 'ping', sk: 'ping' })
    },

    async close() {
      client.destroy()
    }
  }
}
