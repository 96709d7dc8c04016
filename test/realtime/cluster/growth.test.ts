import t from 'tap'
import { simulateShow } from '../../load/cluster/simulation.ts'

const members = 48

/** At the home one entry of the stream; from another node also the question to the home and its answer. */
const messagesOn = (nodes: number) => (1 + 3 * (nodes - 1)) / nodes

t.test('a join, a comment and a leave take as many messages on eight nodes as on two', async t => {
  for (const nodes of [2, 8]) {
    const { messages, length } = await simulateShow(nodes, members, 0)
    t.equal(messages.join, messagesOn(nodes))
    t.ok(messages.leave <= 3, `${messages.leave} messages for a leave`)
    t.ok(messages.comment <= messagesOn(nodes), `${messages.comment} messages for a comment`)
    t.ok(length.join < 1000, 'a join does not carry the members')
  }
})

t.test('the members cross once to each node that follows a new home, and once to that home', async t => {
  const { snapshotLength, rollCallLength } = await simulateShow(4, members, 0)
  const remaining = (members * 3) / 4
  t.ok(
    snapshotLength > 50 * remaining && snapshotLength < 500 * remaining,
    `a snapshot of ${snapshotLength} characters`
  )
  t.ok(rollCallLength > 50 * remaining && rollCallLength < 500 * remaining, `a roll-call of ${rollCallLength}`)
})

t.test('a show on one node writes nothing to the bus', async t => {
  const { messages } = await simulateShow(1, members, 0)
  t.same(messages, { join: 0, comment: 0, leave: 0 })
})
