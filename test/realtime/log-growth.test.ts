import t from 'tap'
import { loadConfig } from '../../config/config.ts'
import type { ClientEventName } from '../../contract/client-events.ts'
import { eventLimitsOf } from '../../realtime/sockets/event-limits.ts'
import { join, perform, type Action, type Participants } from './live/actions.ts'
import { startShow, type ShowUnderTest } from './live/show-under-test.ts'
import { creator, listeners } from './room/people.ts'

const speaker = listeners[0]
const rounds = 100
const limits = eventLimitsOf(loadConfig({ PUBLIC_URL: 'http://localhost' }))
const unlimitedSocket = { count: 1_000_000, windowMs: 10_000 }

/** Number of events in the log. Each has a version of the room or of its queue. */
function loggedCount({ room }: ShowUnderTest): number {
  return room.state.room.version + room.state.room.queueVersion
}

/** Starts a show in which the speaker has the floor and sends audio. Sockets alone limit nothing. */
async function startConversation(): Promise<{ show: ShowUnderTest; participants: Participants }> {
  const perSocket = { media: unlimitedSocket, other: unlimitedSocket }
  const show = await startShow(async () => {}, { ...limits, perSocket })
  const participants: Participants = new Map()
  for (const userId of [creator, speaker]) await join(show, participants, userId)
  await perform(show, participants, { type: 'request to speak', by: speaker })
  await perform(show, participants, { type: 'answer request', by: creator, accept: true })
  await perform(show, participants, { type: 'produce', by: speaker, muted: true })
  return { show, participants }
}

/** Repeats the actions of one person, and returns by how many events the log has grown. */
async function growthBy(actions: readonly Action[]): Promise<number> {
  const { show, participants } = await startConversation()
  const before = loggedCount(show)
  for (let round = 0; round < rounds; round++) {
    for (const action of actions) await perform(show, participants, action)
  }
  const growth = loggedCount(show) - before
  await show.close()
  return growth
}

const by = speaker
/** The limits of one person. */
const unmutes = 10
const produces = 30
const joins = 30
const requests = 6

/** Actions that a person can repeat, and the most events that these may write within the window of their limit. */
const repetitions: { name: string; actions: Action[]; max: number }[] = [
  {
    name: 'muting and unmuting',
    actions: [
      { type: 'mute', by, userId: by, muted: false },
      { type: 'mute', by, userId: by, muted: true }
    ],
    max: 2 * unmutes
  },
  {
    name: 'sending audio and closing the transport',
    actions: [
      { type: 'close transport', by },
      { type: 'create transports', by },
      { type: 'produce', by, muted: false }
    ],
    max: 2 * produces
  },
  {
    name: 'losing the connection on stage',
    actions: [
      { type: 'disconnect', by },
      { type: 'join again', by },
      { type: 'produce', by, muted: false }
    ],
    max: 2 * produces
  },
  {
    name: 'leaving and requesting to speak',
    actions: [
      { type: 'leave', by },
      { type: 'join again', by },
      { type: 'request to speak', by }
    ],
    max: 1 + 2 * requests
  },
  {
    name: 'joining again and again as the creator',
    actions: [
      { type: 'leave', by: creator },
      { type: 'join again', by: creator }
    ],
    max: 2 * joins
  }
]

for (const { name, actions, max } of repetitions) {
  t.test(`${name} fills the log of a show slowly`, async t => {
    const growth = await growthBy(actions)
    t.ok(growth <= max, `${growth} events, at most ${max}`)
    t.ok(growth >= max / 2, `${growth} events: the actions do write events`)
  })
}

t.test('a limit holds for a person, whatever they do in between', async t => {
  const growth = await growthBy(
    repetitions.filter(({ actions }) => 'by' in actions[0]! && actions[0].by === by).flatMap(({ actions }) => actions)
  )
  const max = 2 * unmutes + 2 * produces + 2 * joins + 2 * requests
  t.ok(growth <= max, `${growth} events, at most ${max}`)
})

t.test('a host who changes sockets repeats an action no faster', async t => {
  const show = await startShow(async () => {}, limits)
  const participants: Participants = new Map()
  for (const userId of [creator, speaker]) await join(show, participants, userId)
  const before = loggedCount(show)
  const actions: [ClientEventName, (n: number) => object][] = [
    ['cohost:set', n => ({ userId: speaker, cohost: n % 2 === 0 })],
    ['show:announce', n => ({ text: `Announcement ${n}` })],
    ['comment:delete', n => ({ commentId: `${n}` })]
  ]
  for (const [event, payloadOf] of actions) {
    const answers = { allowed: 0, RATE_LIMITED: 0 }
    for (let socket = 0; socket < 6; socket++) {
      await join(show, participants, creator)
      for (let n = 0; n < 40; n++) {
        const answer = await participants.get(creator)!.socket.request(event, payloadOf(n))
        answers[answer?.ok === false && answer.error.code === 'RATE_LIMITED' ? 'RATE_LIMITED' : 'allowed']++
      }
    }
    t.same(answers, { allowed: 50, RATE_LIMITED: 190 }, event)
  }
  t.equal(loggedCount(show) - before, 50)
  await show.close()
})
