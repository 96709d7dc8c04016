import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Test } from 'tap'
import { parseRecordsUrl, type DynamoAddress } from '../../../../config/records-url.ts'
import { openDynamoRecords } from '../../../../plugins/external/records/dynamo-records.ts'
import type { RecordStore } from '../../../../plugins/external/records/record-store.ts'
import { dynamoKeys, newTableUrl } from '../../../standins/dynamodb/server.ts'

/** Returns the address of a new table. */
export function newTable(endpoint: string): DynamoAddress {
  const address = parseRecordsUrl(newTableUrl(endpoint))
  if (address?.home !== 'dynamodb') throw new Error(`no server at ${endpoint}`)
  return address
}

/** Opens a store in a new table, until the end of the test. */
export async function openStore(
  t: Pick<Test, 'teardown'>,
  endpoint: string,
  options: { nowMs?: () => number; onCommand?: (command: string) => (failed: boolean) => void } = {}
): Promise<RecordStore> {
  const store = await openDynamoRecords({ address: newTable(endpoint), keys: dynamoKeys, ...options })
  t.teardown(async () => await store.close())
  return store
}

/** Opens a store in a new table with a client that reads and writes its items, until the end of the test. */
export async function openStoreAndClient(t: Pick<Test, 'teardown'>, endpoint: string) {
  const { region, table } = newTable(endpoint)
  const store = await openDynamoRecords({ address: { home: 'dynamodb', region, table, endpoint }, keys: dynamoKeys })
  const client = new DynamoDBClient({ region, endpoint, credentials: dynamoKeys })
  t.teardown(async () => {
    client.destroy()
    await store.close()
  })
  return { store, client, table }
}
