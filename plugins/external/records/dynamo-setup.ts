import {
  CreateTableCommand,
  DescribeTableCommand,
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
    await waitUntilTable(client, table)
    return
  }
  await waitUntilTable(client, table)
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true }
    })
  )
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
