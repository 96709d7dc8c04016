import t from 'tap'
import { findDynamoServer } from '../../../standins/dynamodb/server.ts'
import { openStore } from './dynamo-table.ts'
import { readingSuite } from './reading-suite.ts'
import { openTables } from './record-suite.ts'

const endpoint = await findDynamoServer(t)

t.test('records are read from DynamoDB', { skip: !endpoint }, async t => {
  await readingSuite(t, await openTables(await openStore(t, endpoint ?? '')))
})
