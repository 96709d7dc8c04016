import t from 'tap'
import { findDynamoServer } from '../../../standins/dynamodb/server.ts'
import { openStore } from './dynamo-table.ts'
import { racingSuite } from './racing-suite.ts'
import { openTables } from './record-suite.ts'

const endpoint = await findDynamoServer(t)

t.test('writers race in DynamoDB', { skip: !endpoint }, async t => {
  await racingSuite(t, await openTables(await openStore(t, endpoint ?? '')))
})
