import { randomUUID } from 'node:crypto'
import t from 'tap'
import { Compile } from 'typebox/compile'
import { Id } from '../../../contract/primitives.ts'
import { newPresenceId, nodeOfPresence } from '../../../realtime/cluster/presence-ids.ts'

const id = Compile(Id)

for (const nodeId of ['a', 'eu_1', 'eu_1-', randomUUID(), 'n'.repeat(39)]) {
  t.test(`a presence on ${nodeId} has an id that clients accept, and tells its node`, async t => {
    const presenceId = newPresenceId(nodeId)
    t.same(id.Errors(presenceId), [])
    t.equal(nodeOfPresence(presenceId), nodeId)
    t.not(newPresenceId(nodeId), presenceId)
  })
}

t.test('an id of another form belongs to no node', async t => {
  t.equal(nodeOfPresence('creator-1'), '')
})
