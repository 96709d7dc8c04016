import t from 'tap'
import type { StageMember } from '../../../client/index.ts'
import { loudestFirst } from '../../../web/src/show/use-stage-order.ts'

function member(userId: string, muted = false): StageMember {
  return { userId, displayName: userId, avatarUrl: null, producerId: null, state: 'onStage', muted }
}

t.test('those who speak come first, the loudest before the others', async t => {
  const members = ['a', 'b', 'c', 'd', 'e'].map(id => member(id))
  t.same(
    loudestFirst(
      members,
      new Map([
        ['c', -30],
        ['e', -12]
      ])
    ),
    ['e', 'c', 'a', 'b', 'd']
  )
})

t.test('nobody moves in silence, and a muted voice is silent', async t => {
  const members = [member('a'), member('b'), member('c', true)]
  t.same(loudestFirst(members, new Map()), ['a', 'b', 'c'])
  t.same(loudestFirst(members, new Map([['c', -5]])), ['a', 'b', 'c'])
})
