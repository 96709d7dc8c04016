import { MongoClient } from 'mongodb'
import t from 'tap'
import type { SessionDocument } from '../../../../plugins/app/identity/session-records.ts'
import { createSessions, type Sessions } from '../../../../plugins/app/identity/sessions.ts'
import { until, wait } from '../../../realtime/cluster/until.ts'
import { startScratchStore } from '../../../store/backends.ts'
import { createFeedCluster } from '../operations/joined-feeds.ts'

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
t.teardown(async () => {
  await client.close()
  await store.close()
})

/** Two nodes with one store, and the sign-ins that have ended on each. */
async function twoNodes() {
  const documents = client.db().collection<SessionDocument>('sessions')
  const { cluster, join } = createFeedCluster()
  const nodes = []
  for (const nodeId of ['a', 'b']) {
    const { feed, bus } = join(nodeId)
    const sessions: Sessions = await createSessions({
      sessions: documents,
      refreshTtlMs: 60_000,
      accessTtlMs: 60_000,
      admit: async () => {},
      feed
    })
    const ended: string[] = []
    sessions.onRevoked(signInIds => {
      ended.push(...signInIds)
    })
    feed.bind(bus)
    nodes.push({ sessions, ended, bus })
  }
  return { cluster, documents, a: nodes[0]!, b: nodes[1]! }
}

t.test('a sign-in that ends on one node ends on the other, and is told once', async t => {
  const { a, b } = await twoNodes()
  const signIn = await a.sessions.open('person', 'device')
  const other = await b.sessions.open('person', 'device')
  await a.sessions.end(signIn.refreshToken, false)
  await until(() => b.ended.length > 0)
  t.ok(b.sessions.isRevoked(signIn.signInId))
  t.notOk(b.sessions.isRevoked(other.signInId))
  await b.sessions.pollRevoked()
  await wait(50)
  t.same([a.ended, b.ended], [[signIn.signInId], [signIn.signInId]], 'the other node does not publish it again')
})

t.test('all sign-ins of a person end on all nodes, also while the store is unavailable', async t => {
  const { a, b, documents } = await twoNodes()
  const signIn = await b.sessions.open('signed-out', 'device')
  b.sessions.bindConnections(userId => (userId === 'signed-out' ? [signIn.signInId] : []))
  const { find } = documents
  documents.find = () => {
    throw new Error('connection lost')
  }
  await t.rejects(a.sessions.revokeAll('signed-out'), { message: 'connection lost' })
  documents.find = find
  await until(() => b.ended.length > 0)
  t.same(b.ended, [signIn.signInId])
  t.ok(b.sessions.isRevoked(signIn.signInId), 'its access token is rejected')
  await a.sessions.finishRevocations()
  t.equal((await documents.findOne({ _id: signIn.signInId }))?.revokedAt instanceof Date, true)
})

t.test('news of a sign-out that arrive late do not end a new sign-in', async t => {
  const { a, b } = await twoNodes()
  b.sessions.bindConnections(() => ['new sign-in'])
  await a.bus.announce(
    JSON.stringify({ v: 1, kind: 'person signed out', body: { userId: 'person', at: Date.now() - 20_000 } })
  )
  await a.bus.announce(JSON.stringify({ v: 1, kind: 'sign-ins ended', body: { signInIds: ['another'] } }))
  await until(() => b.ended.length > 0)
  t.same(b.ended, ['another'])
})

t.test('a node that hears nothing reads from the store what has ended', async t => {
  const { a, b, cluster } = await twoNodes()
  const signIns = [await a.sessions.open('polled', '1'), await a.sessions.open('polled', '2')]
  cluster.cut('b')
  await a.sessions.revokeAll('polled')
  await wait(50)
  t.same(b.ended, [])
  await b.sessions.pollRevoked()
  const ids = signIns.map(({ signInId }) => signInId).toSorted()
  t.same(b.ended.toSorted(), ids)
  await b.sessions.pollRevoked()
  t.equal(b.ended.length, 2, 'each is told once')
})
