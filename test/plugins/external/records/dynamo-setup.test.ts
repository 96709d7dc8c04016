import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createDynamoClient } from '../../../../plugins/external/records/dynamo-client.ts'
import { createTable } from '../../../../plugins/external/records/dynamo-setup.ts'

t.test('a node waits for a table that another one is creating', async t => {
  const states = ['CREATING', 'ACTIVE']
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    response.end(JSON.stringify({ Table: { TableStatus: states.shift() ?? 'ACTIVE' } }))
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
  await createTable(client, 'ambient')
  t.same(states, [], 'it asked until the table was ready')
})
