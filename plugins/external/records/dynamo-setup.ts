import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type DynamoDBClient
} from '@aws-sdk/client-dynamodb'
import { keyAttributes } from './dynamo-items.ts'
import type { RecordKind } from './record-store.ts'

/** A new table is ready within seconds. */
const maxCreationSeconds = 60

async function waitUntilTable(client: DynamoDBClient, table: string): Promise<void> {
  await waitUntilTableExists({ client, maxWaitTime: maxCreationSeconds }, { TableName: table })
}

/** Creates the table when there is none: paid by request, and without items that have expired. */
export async function createTable(client: DynamoDBClient, table: string): Promise<void> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }))
    // Another node creates it.
    if (Table?.TableStatus === 'CREATING') await waitUntilTable(client, table)
    return
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
  }
  try {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' }
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' }
        ]
      })
    )
  } catch (error) {
    // Another node creates it.
    if (!(error instanceof ResourceInUseException)) throw error
  }
  await waitUntilTable(client, table)
}

const expiresOn = { AttributeName: 'expires', Enabled: true }

/**
 * Turns on the removal of items that have expired, where it is off: somebody else may have created the table, or the
 * node that did was stopped. Without it nothing is wrong except that the table grows, so a failure is only told.
 */
export async function enableExpiry(
  client: DynamoDBClient,
  table: string,
  onFailed: (permission: string, error: unknown) => void
): Promise<void> {
  let permission = 'dynamodb:DescribeTimeToLive'
  try {
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: table }))
    const { TimeToLiveStatus: status = 'DISABLED', AttributeName: attribute } = TimeToLiveDescription ?? {}
    if (status !== 'DISABLED' && attribute === expiresOn.AttributeName) return
    permission = 'dynamodb:UpdateTimeToLive'
    await client.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: expiresOn }))
  } catch (error) {
    // Another node has turned it on meanwhile.
    if (error instanceof Error && /already enabled/.test(error.message)) return
    onFailed(permission, error)
  }
}

/**
 * Stores the keys of a kind, and checks that those of the records in the table are the same: earlier records would not
 * be found by another key.
 */
export async function checkKeys(client: DynamoDBClient, table: string, kind: RecordKind): Promise<void> {
  const key = keyAttributes({ pk: 'kinds', sk: kind.name })
  const { place, indexes, expires = null } = kind
  const sorted = Object.entries(indexes).sort(([a], [b]) => (a < b ? -1 : 1))
  const keys = JSON.stringify({ place, indexes: sorted, expires })
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))
  if (Item?.keys?.S === keys) return
  if (Item) {
    throw new Error(
      `the records of ${kind.name} in the table ${table} have other keys than in this version. ` +
        'Copy the records into a new table: npm run db:copy -- --records FROM TO'
    )
  }
  await client.send(new PutItemCommand({ TableName: table, Item: { ...key, keys: { S: keys } } }))
}
