import t, { type Test } from 'tap'
import { LogConflict } from '../../../plugins/app/shows/event-log.ts'
import type { MemberActor } from '../../../realtime/room/commands.ts'
import { startShow } from '../live/show-under-test.ts'
import { creator, profile } from '../room/people.ts'

const host: MemberActor = { kind: 'member', ...profile(creator), presenceId: 'node_creator' }

/** Starts a show with a closed poll that has a vote. Returns the writes from then on; `refused` ones fail. */
async function startPoll(t: Pick<Test, 'teardown'>) {
  const writes: string[] = []
  const faults = { refused: '' }
  const show = await startShow(async operation => {
    writes.push(operation.replace(/ of .*/u, ''))
    if (faults.refused !== '' && operation.startsWith(faults.refused)) throw new LogConflict('show', 1)
  })
  t.teardown(async () => await show.close())
  const { room } = show
  await room.command(host, { type: 'show:join' })
  await room.command(host, { type: 'poll:open', question: 'Which?', options: ['a', 'b'] })
  const { pollId } = room.state.room.poll!
  await room.command(host, { type: 'poll:vote', pollId, option: 1 })
  await room.command(host, { type: 'poll:close', pollId })
  writes.length = 0
  return { room, pollId, writes, faults }
}

t.test('votes are removed once the event that ends them is stored', async t => {
  const { room, pollId, writes } = await startPoll(t)
  await room.command(host, { type: 'poll:dismiss', pollId })
  t.same(writes, ['store events', 'remove votes'])
  writes.length = 0
  await room.command(host, { type: 'show:end' })
  t.same(
    writes.filter(write => write === 'store events' || write === 'remove votes'),
    ['store events', 'remove votes']
  )
})

t.test('a home whose log another one took removes no votes', async t => {
  const { room, pollId, writes, faults } = await startPoll(t)
  faults.refused = 'store events'
  await t.rejects(room.command(host, { type: 'poll:dismiss', pollId }))
  t.notOk(writes.includes('remove votes'))
})
