import fc from 'fast-check'
import t from 'tap'
import { candidates, creator, listeners } from './room/people.ts'
import { acts, cast, enter, perform, type Act, type Player } from './live/acts.ts'
import { openShow, type ShowUnderTest } from './live/show-under-test.ts'
import {
  announcedIsTrue,
  commentsAreToldOnce,
  everybodyCanFollow,
  everyCommandIsAnswered,
  mediaAgreeWithRoom,
  noSessionIsLeft,
  onlyTheFloorIsHeard
} from './live/watch.ts'

const numRuns = Number(process.env.PROPERTY_RUNS ?? 1000)
t.setTimeout(30_000 + numRuns * 200)

/** Everybody is in; two have the floor, one of them is heard; one waits. */
async function begin(show: ShowUnderTest): Promise<Map<string, Player>> {
  const players = new Map<string, Player>()
  for (const userId of cast) await enter(show, players, userId)
  const as = (userId: string) => players.get(userId)!.socket
  await as(creator).ask('cohost:set', { userId: candidates[0], cohost: true })
  for (const userId of [listeners[0], listeners[1], listeners[2]]) await as(userId).ask('speak:request', {})
  await as(creator).ask('speak:answer', { requestId: 'r1', accept: true })
  await as(creator).ask('speak:answer', { requestId: 'r2', accept: true })
  await perform(show, players, { what: 'produce', who: listeners[1], muted: false })
  return players
}

/** Plays the acts at once: their order is each person's own, and everything that is awaited comes back when the scheduler says. */
async function playAtOnce(scheduler: fc.Scheduler, played: readonly Act[]): Promise<void> {
  const delay = async (label: string) => await scheduler.schedule(Promise.resolve(), label)
  const show = await scheduler.waitFor(openShow(delay))
  const seen: unknown[] = []
  const look = (check: () => void) => {
    try {
      check()
    } catch (error) {
      seen.push(error)
    }
  }
  try {
    show.io.onMessage = message => look(() => announcedIsTrue(show, message))
    const players = await scheduler.waitFor(begin(show))
    const performed: Promise<unknown>[] = []
    for (const act of played) {
      scheduler.schedule(Promise.resolve(), JSON.stringify(act)).then(() => {
        performed.push(perform(show, players, act))
      })
    }
    await scheduler.waitIdle(async next => {
      await next()
      look(() => onlyTheFloorIsHeard(show))
    })
    await Promise.all(performed)
    if (seen.length > 0) throw seen[0]
    show.flush()
    commentsAreToldOnce(show)
    everyCommandIsAnswered(show)
    everybodyCanFollow(show)
    mediaAgreeWithRoom(show)
    noSessionIsLeft(show)
  } finally {
    await scheduler.waitFor(show.close())
  }
}

t.test(
  'in whatever order the media and the store answer, only the floor is heard and everybody is answered',
  async t => {
    const { failed, seed, counterexamplePath, counterexample, errorInstance } = await fc.check(
      fc.asyncProperty(fc.scheduler(), acts, playAtOnce),
      { numRuns }
    )
    if (failed) {
      t.fail(
        [
          `seed ${seed}, path ${counterexamplePath}`,
          String(errorInstance),
          ...counterexample!.map(value => fc.stringify(value))
        ].join('\n')
      )
    } else t.pass(`in ${numRuns} shows`)
  }
)

t.test('a voice that comes in muted is silent, whatever was said while it was on its way', async t => {
  let held: (() => void)[] | null = null
  const show = await openShow(async label => {
    if (held && label.startsWith('pause')) {
      await new Promise<void>(resolve => {
        held?.push(resolve)
      })
    }
  })
  const players = await begin(show)
  held = []
  // The room is busy with somebody else while these line up: the voice stands, and is not let in yet.
  const answered = [
    perform(show, players, { what: 'mute', who: creator, whom: listeners[1], muted: true }),
    perform(show, players, { what: 'mute', who: listeners[0], whom: listeners[0], muted: true }),
    perform(show, players, { what: 'mute', who: listeners[0], whom: listeners[0], muted: false }),
    perform(show, players, { what: 'produce', who: listeners[0], muted: true })
  ]
  await new Promise(resolve => setImmediate(resolve))
  const waiting = held
  held = null
  for (const release of waiting) release()
  await Promise.all(answered)
  t.equal(waiting.length, 1)
  t.match(
    show.room.state.room.stage.find(({ userId }) => userId === listeners[0]),
    { state: 'onStage', muted: true }
  )
  t.doesNotThrow(() => mediaAgreeWithRoom(show))
  await show.close()
})
