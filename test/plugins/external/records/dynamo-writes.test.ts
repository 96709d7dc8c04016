import t from 'tap'
import { findDynamoServer } from '../../../standins/dynamodb/server.ts'
import { changingSuite } from './changing-suite.ts'
import { openStore } from './dynamo-table.ts'
import { openTables } from './record-suite.ts'
import { writingSuite } from './writing-suite.ts'

const endpoint = await findDynamoServer(t)

t.test('records are written in DynamoDB', { skip: !endpoint }, async t => {
  const tables = await openTables(await openStore(t, endpoint ?? ''))
  await writingSuite(t, tables)
  await changingSuite(t, tables)
})
