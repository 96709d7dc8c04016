import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { MemberActor } from '../../realtime/room/commands.ts'
import { startShow } from './live/show-under-test.ts'
import { creator } from './room/people.ts'

const voterCount = 2000
const storeMs = 5

t.test(
  'two thousand votes at once are a few counts and a few writes, and each is stored when it is answered',
  async t => {
    let writes = 0
    const show = await startShow(async operation => {
      if (!operation.startsWith('store votes')) return
      writes++
      await sleep(storeMs)
    })
    const { room } = show
    t.teardown(async () => await show.close())
    const actorOf = (userId: string): MemberActor => ({
      kind: 'member',
      userId,
      displayName: userId,
      avatarUrl: null,
      guest: false,
      presenceId: `node_${userId}`
    })
    const voters = Array.from({ length: voterCount }, (_, n) => actorOf(`voter${n}`))
    await room.command(actorOf(creator), { type: 'show:join' })
    for (const voter of voters) await room.command(voter, { type: 'show:join' })
    await room.command(actorOf(creator), { type: 'poll:open', question: 'Which?', options: ['One', 'Other'] })
    const { pollId } = room.state.room.poll!
    const before = room.state.room.version

    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    await Promise.all(
      voters.map(async (voter, n) => await room.command(voter, { type: 'poll:vote', pollId, option: n % 2 }))
    )
    const tookMs = performance.now() - startedAt
    const { user, system } = process.cpuUsage(cpu)
    t.comment(
      `${voterCount} votes: ${Math.round((user + system) / 1000)} ms of CPU, ${Math.round(tookMs)} ms, ${writes} writes`
    )
    t.equal(room.state.ballots.get(pollId)?.size, voterCount)
    t.ok(writes <= voterCount / 10, `${writes} writes`)
    for (const deadline = performance.now() + 20_000; performance.now() < deadline;) {
      if (room.state.room.poll!.counts.join() === `${voterCount / 2},${voterCount / 2}`) break
      await sleep(50)
    }
    t.same(room.state.room.poll!.counts, [voterCount / 2, voterCount / 2])
    const seconds = (performance.now() - startedAt) / 1000
    const counts = room.state.room.version - before
    t.ok(counts <= Math.ceil(seconds) + 1, `${counts} counts in ${seconds.toFixed(1)} s`)
  }
)
