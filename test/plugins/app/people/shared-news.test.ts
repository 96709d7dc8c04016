import { MongoClient } from 'mongodb'
import t from 'tap'
import { createNoticesPort } from '../../../../plugins/app/people/notices.ts'
import { createUsers, type UserDocument } from '../../../../plugins/app/people/users.ts'
import { until } from '../../../realtime/cluster/until.ts'
import { startScratchStore } from '../../../store/backends.ts'
import { createFeedCluster } from '../operations/joined-feeds.ts'

t.test('a changed name or picture is told on all nodes, once each', async t => {
  const store = await startScratchStore(t)
  const client = await MongoClient.connect(store.url)
  t.teardown(async () => {
    await client.close()
    await store.close()
  })
  const documents = client.db().collection<UserDocument>('users')
  const { join } = createFeedCluster()
  const told: unknown[] = []
  const nodes = []
  for (const nodeId of ['a', 'b']) {
    const { feed, bus } = join(nodeId)
    const users = await createUsers(documents, feed)
    users.onChanged(person => told.push([nodeId, person]))
    feed.bind(bus)
    nodes.push(users)
  }
  const { id } = await nodes[0]!.create({ displayName: 'Ada' })
  await nodes[0]!.patch(id, { displayName: 'Ada Lovelace' })
  await until(() => told.length === 2)
  await nodes[1]!.setAvatar(id, '/picture')
  await until(() => told.length === 4)
  const renamed = { id, displayName: 'Ada Lovelace', avatarUrl: null }
  const withPicture = { ...renamed, avatarUrl: '/picture' }
  t.same(told, [
    ['a', renamed],
    ['b', renamed],
    ['b', withPicture],
    ['a', withPicture]
  ])
})

t.test('a notice reaches its person on any node; one that clients do not know is dropped', async t => {
  const { join } = createFeedCluster()
  const sent: unknown[] = []
  const nodes = ['a', 'b'].map(nodeId => {
    const { feed, bus } = join(nodeId)
    const notices = createNoticesPort(feed)
    notices.bind({ send: (userId, event, payload) => sent.push([nodeId, userId, event, payload]) })
    feed.bind(bus)
    return { notices, feed }
  })
  const [a] = nodes
  const foreign = [
    ['no:such', {}],
    ['toString', {}],
    ['session:drain', { reconnectAfterMs: 'soon' }]
  ] as const
  for (const [event, payload] of foreign) a!.feed.publish('notice', { userId: 'person', event, payload })
  a!.notices.send('person', 'session:drain', { reconnectAfterMs: 10 })
  await until(() => sent.length === 2)
  t.same(sent, [
    ['a', 'person', 'session:drain', { reconnectAfterMs: 10 }],
    ['b', 'person', 'session:drain', { reconnectAfterMs: 10 }]
  ])
})
