#!/usr/bin/env bash
# dynalite 4.0.0, an emulator of DynamoDB, removes elements of a list one after the other: each REMOVE counts in the
# list that the earlier ones have left.
#
# In DynamoDB the places are those of the list before the update: `REMOVE RelatedItems[1], RelatedItems[2]` in its
# developer guide takes the second and the third element away. dynalite takes the second and the fourth, and answers as
# if all were well. A `SET` written behind a `REMOVE` changes another element than in DynamoDB Local of Amazon, too.
# Written from the end to the beginning (`SET` first, then `REMOVE l[2], l[1]`), expressions mean the same in both.
#
# Prints a list of five after each expression. Needs Node.js 20 or newer. Exits with 1 when the output differs.
# Observed:
#   REMOVE l[1], l[2]: a c e
#   REMOVE l[2], l[1]: a d e
#   REMOVE l[0] SET l[1] = :x: b x d e
# In DynamoDB Local 3.3.1 of Amazon: a d e, a d e, x c d e.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent dynalite@4.0.0 @aws-sdk/client-dynamodb@3.1169.0

cat > probe.mjs <<'JS'
import { once } from 'node:events'
import * as aws from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'

const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
await once(server, 'listening')
const client = new aws.DynamoDBClient({
  region: 'eu-central-1',
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' }
})
const TableName = 'lists'
await client.send(
  new aws.CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }]
  })
)
await aws.waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.5 }, { TableName })

const pk = { S: 'item' }
for (const UpdateExpression of ['REMOVE l[1], l[2]', 'REMOVE l[2], l[1]', 'REMOVE l[0] SET l[1] = :x']) {
  const l = { L: ['a', 'b', 'c', 'd', 'e'].map(S => ({ S })) }
  await client.send(new aws.PutItemCommand({ TableName, Item: { pk, l } }))
  const update = { TableName, Key: { pk }, UpdateExpression, ReturnValues: 'ALL_NEW' }
  if (UpdateExpression.includes(':x')) update.ExpressionAttributeValues = { ':x': { S: 'x' } }
  const { Attributes } = await client.send(new aws.UpdateItemCommand(update))
  console.log(`${UpdateExpression}: ${Attributes.l.L.map(({ S }) => S).join(' ')}`)
}
client.destroy()
server.close()
JS

observed=$(node probe.mjs)
echo "$observed"
[ "$observed" = "REMOVE l[1], l[2]: a c e
REMOVE l[2], l[1]: a d e
REMOVE l[0] SET l[1] = :x: b x d e" ]
