import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import { actions, join, people, perform, type Action, type Participants } from '../live/actions.ts'
import {
  checkAnnouncementIsTrue,
  checkCommentsAreBroadcastOnce,
  checkEventsHaveNoGap,
  checkEveryCommandIsAnswered,
  checkMediaMatchRoom,
  checkNoPresenceIsLeft,
  checkOnlyFloorIsAudible
} from '../live/checks.ts'
import { startShow, type ShowUnderTest } from '../live/show-under-test.ts'
import { candidates, creator, listeners } from '../room/people.ts'

const numRuns = runsOf(200, 1000)
t.setTimeout(30_000 + numRuns * 200)

/** Lets everybody join: two have the floor, one of them is audible, and one waits in the queue. */
async function joinAll(show: ShowUnderTest): Promise<Participants> {
  const participants: Participants = new Map()
  for (const userId of people) await join(show, participants, userId)
  const socketOf = (userId: string) => participants.get(userId)!.socket
  await socketOf(creator).request('cohost:set', { userId: candidates[0], cohost: true })
  for (const userId of [listeners[0], listeners[1], listeners[2]]) await socketOf(userId).request('speak:request', {})
  await socketOf(creator).request('speak:answer', { requestId: 'r1', accept: true })
  await socketOf(creator).request('speak:answer', { requestId: 'r2', accept: true })
  await perform(show, participants, { type: 'produce', by: listeners[1], muted: false })
  return participants
}

/**
 * Performs the actions at the same time. The scheduler decides in which order they begin, and when media and store
 * answer.
 */
async function performAtOnce(scheduler: fc.Scheduler, performed: readonly Action[]): Promise<void> {
  const delay = async (label: string) => await scheduler.schedule(Promise.resolve(), label)
  const show = await scheduler.waitFor(startShow(delay))
  const failures: unknown[] = []
  const collect = (check: () => void) => {
    try {
      check()
    } catch (error) {
      failures.push(error)
    }
  }
  try {
    show.io.onMessage = message => collect(() => checkAnnouncementIsTrue(show, message))
    const participants = await scheduler.waitFor(joinAll(show))
    const answers: Promise<unknown>[] = []
    for (const action of performed) {
      scheduler.schedule(Promise.resolve(), JSON.stringify(action)).then(() => {
        answers.push(perform(show, participants, action))
      })
    }
    await scheduler.waitIdle(async next => {
      await next()
      collect(() => checkOnlyFloorIsAudible(show))
    })
    await Promise.all(answers)
    if (failures.length > 0) throw failures[0]
    show.flushComments()
    checkCommentsAreBroadcastOnce(show)
    checkEveryCommandIsAnswered(show)
    checkEventsHaveNoGap(show)
    checkMediaMatchRoom(show)
    checkNoPresenceIsLeft(show)
  } finally {
    await scheduler.waitFor(show.close())
  }
}

t.test(
  'only speakers with the floor are audible and every command is answered, in whatever order media and store answer',
  async t => {
    const { failed, seed, counterexamplePath, counterexample, errorInstance } = await fc.check(
      fc.asyncProperty(fc.scheduler(), actions, performAtOnce),
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

t.test(
  'a producer that starts muted is silent, also when the speaker mutes and unmutes before it is admitted',
  async t => {
    let held: (() => void)[] | null = null
    const show = await startShow(async label => {
      if (held && label.startsWith('pause')) {
        await new Promise<void>(resolve => {
          held?.push(resolve)
        })
      }
    })
    const participants = await joinAll(show)
    held = []
    // The first mute keeps the room's turn, so that the others queue behind it while the producer exists and is not
    // admitted.
    const answers = [
      perform(show, participants, { type: 'mute', by: creator, userId: listeners[1], muted: true }),
      perform(show, participants, { type: 'mute', by: listeners[0], userId: listeners[0], muted: true }),
      perform(show, participants, { type: 'mute', by: listeners[0], userId: listeners[0], muted: false }),
      perform(show, participants, { type: 'produce', by: listeners[0], muted: true })
    ]
    await new Promise(resolve => setImmediate(resolve))
    const releases = held
    held = null
    for (const release of releases) release()
    await Promise.all(answers)
    t.equal(releases.length, 1)
    t.match(
      show.room.state.room.stage.find(({ userId }) => userId === listeners[0]),
      { state: 'onStage', muted: true }
    )
    t.doesNotThrow(() => checkMediaMatchRoom(show))
    await show.close()
  }
)
