import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import t, { type Test } from 'tap'
import { createDynamoClient } from '../../../../plugins/external/records/dynamo-client.ts'
import { openDynamoRecords } from '../../../../plugins/external/records/dynamo-records.ts'
import { createTable, enableExpiry } from '../../../../plugins/external/records/dynamo-setup.ts'
import { dynamoKeys, findDynamoServer } from '../../../standins/dynamodb/server.ts'
import { newTable } from './dynamo-table.ts'

const endpoint = await findDynamoServer(t)

/** Starts a server that gives prepared answers. Returns a client of it, and the commands that it sent. */
async function clientOf(t: Test, answer: (command: string, response: ServerResponse) => object) {
  const commands: string[] = []
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    const command = String(request.headers['x-amz-target']).replace(/.*\./, '')
    commands.push(command)
    response.end(JSON.stringify(answer(command, response)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const client = createDynamoClient(
    { home: 'dynamodb', region: 'eu-west-1', table: 'ambient', endpoint: `http://127.0.0.1:${port}` },
    { accessKeyId: 'id', secretAccessKey: 'secret' },
    () => () => {}
  )
  t.teardown(() => client.destroy())
  return { client, commands }
}

t.test('a node waits for a table that another one is creating', async t => {
  const states = ['CREATING', 'ACTIVE']
  const { client } = await clientOf(t, () => ({ Table: { TableStatus: states.shift() ?? 'ACTIVE' } }))
  await createTable(client, 'ambient')
  t.same(states, [], 'it asked until the table was ready')
})

t.test('the removal of expired items is turned on in a table of somebody else', { skip: !endpoint }, async t => {
  const address = newTable(endpoint ?? '')
  const client = new DynamoDBClient({ region: address.region, endpoint: endpoint ?? '', credentials: dynamoKeys })
  t.teardown(() => client.destroy())
  await createTable(client, address.table)
  const statusOf = async () =>
    (await client.send(new DescribeTimeToLiveCommand({ TableName: address.table }))).TimeToLiveDescription
  t.match(await statusOf(), { TimeToLiveStatus: 'DISABLED' })
  for (let start = 0; start < 2; start++) {
    const failures: unknown[] = []
    const onExpiryFailed = (...failure: unknown[]) => failures.push(failure)
    const store = await openDynamoRecords({ address, keys: dynamoKeys, onExpiryFailed })
    await store.close()
    t.match(await statusOf(), { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' })
    t.same(failures, [])
  }
})

t.test('a server without the permission starts, and names it', async t => {
  for (const refused of ['DescribeTimeToLive', 'UpdateTimeToLive']) {
    const { client, commands } = await clientOf(t, (command, response) => {
      if (command !== refused) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }
      response.statusCode = 400
      return { __type: 'com.amazon.coral.service#AccessDeniedException', message: 'not authorized' }
    })
    const failures: unknown[] = []
    await enableExpiry(client, 'ambient', (permission, error) => failures.push([permission, String(error)]))
    t.match(failures, [[`dynamodb:${refused}`, /not authorized/]])
    t.equal(commands.at(-1), refused)
  }
})

t.test('a node leaves the removal of expired items as another one is turning it on', async t => {
  const { client, commands } = await clientOf(t, () => ({
    TimeToLiveDescription: { TimeToLiveStatus: 'ENABLING', AttributeName: 'expires' }
  }))
  await enableExpiry(client, 'ambient', () => t.fail('it changes nothing'))
  t.same(commands, ['DescribeTimeToLive'])
})
