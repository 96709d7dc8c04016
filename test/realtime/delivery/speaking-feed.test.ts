import { mock } from 'node:test'
import t from 'tap'
import type { SpeakingLevel } from '../../../contract/speaking.ts'
import { createSpeakingFeed } from '../../../realtime/delivery/speaking-feed.ts'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'

const ann = { userId: 'ann', volume: -20 }
const ben = { userId: 'ben', volume: -30 }

/** A socket that keeps what it is sent. */
function socketOf(presenceId: string, wantsLevels?: boolean) {
  const received: string[] = []
  const membership = { actor: { presenceId } }
  const socket = {
    data: { wantsLevels, membership },
    emit: (_event: string, { levels }: { levels: SpeakingLevel[] }) => received.push(namesOf(levels))
  }
  return { socket: socket as unknown as AmbientSocket, received, membership }
}

function namesOf(levels: readonly SpeakingLevel[]): string {
  return levels.map(({ userId, volume }) => `${userId} ${volume}`).join(', ')
}

/** A feed of one show, with a clock of its own. `unheard`: sockets that measure what they receive. */
function startFeed(unheard: AmbientSocket[] = []) {
  const sent: Record<'levels' | 'changes', string[]> = { levels: [], changes: [] }
  /** The voices that arrive, as `presence user`. */
  const heard = new Set<string>()
  let nowMs = 0
  const feed = createSpeakingFeed({
    delivery: {
      toSpeakingAudience: (_showId, audience, { levels }) => sent[audience].push(namesOf(levels)),
      unheardSocketsIn: () => unheard
    },
    isHearing: (_showId, presenceId, userId) => heard.has(`${presenceId} ${userId}`),
    monotonicMs: () => nowMs
  })
  t.teardown(feed.close)
  return {
    sent,
    heard,
    feed,
    report(...levels: SpeakingLevel[]) {
      nowMs += 500
      feed.report('show', levels)
    },
    passMs(ms: number) {
      nowMs += ms
      mock.timers.tick(ms)
    }
  }
}

t.before(() => mock.timers.enable({ apis: ['setTimeout'] }))
t.after(() => mock.timers.reset())

t.test('clients that ask for levels get every report, the others only who begins and stops', async t => {
  const { sent, report, passMs } = startFeed()
  report(ann)
  report({ ...ann, volume: -10 })
  report({ ...ann, volume: -12 }, ben)
  report(ben)
  t.same(sent.levels, ['ann -20', 'ann -10', 'ann -12, ben -30', 'ben -30'])
  t.same(sent.changes, ['ann -20', 'ann -12, ben -30'], 'a short pause is no end')
  passMs(1500)
  t.same(sent.changes.slice(2), ['ben -30'])
  report()
  t.equal(sent.levels.at(-1), '')
  passMs(1500)
  t.same(sent.changes.slice(3), [''])
  report()
  t.equal(sent.changes.length, 4)
})

t.test('a pause within a sentence changes nothing', async t => {
  const { sent, report, passMs } = startFeed()
  report(ann)
  report()
  passMs(400)
  report(ann)
  passMs(1500)
  passMs(1500)
  t.same(sent.changes, ['ann -20'])
})

t.test('a client that measures gets nothing about the people whom it receives', async t => {
  const listener = socketOf('listener', false)
  const speaker = socketOf('presence of ann', false)
  const silent = socketOf('silent', false)
  const { heard, report, passMs } = startFeed([listener.socket, speaker.socket, silent.socket])
  for (const voice of ['listener ann', 'listener ben', 'presence of ann ben']) heard.add(voice)
  report(ann)
  report(ann, ben)
  t.same(listener.received, [])
  t.same(speaker.received, ['ann -20'], 'nobody receives themselves')
  t.same(silent.received, ['ann -20', 'ann -20, ben -30'])

  heard.delete('listener ben')
  heard.add('silent ann')
  report(ann, ben)
  passMs(1500)
  report(ann, ben)
  t.same(listener.received, ['ben -30'], 'what it receives has changed')
  t.same(silent.received.slice(2), ['ben -30'])
  report()
  passMs(1500)
  t.same(
    [listener, speaker, silent].map(({ received }) => received.at(-1)),
    ['', '', '']
  )
})

t.test('a client that leaves and joins again is told again', async t => {
  const { socket, received, membership } = socketOf('first', false)
  const { report } = startFeed([socket])
  report(ann)
  membership.actor.presenceId = 'second'
  report(ann, ben)
  report(ann, ben)
  t.same(received, ['ann -20', 'ann -20, ben -30'])
  membership.actor.presenceId = 'third'
  for (let n = 0; n < 4; n++) report(ann, ben)
  t.equal(received.length, 3)
})

t.test('a client that joins learns who speaks', async t => {
  const { feed, report } = startFeed()
  const early = socketOf('early')
  feed.tell(early.socket, 'show')
  t.same(early.received, [], 'nobody speaks')
  report(ann)
  const [old, asking, measuring] = [socketOf('old'), socketOf('asking', true), socketOf('measuring', false)]
  for (const { socket } of [old, asking, measuring]) feed.tell(socket, 'show')
  t.same(old.received, ['ann -20'])
  t.same([...asking.received, ...measuring.received], [], 'the next report is theirs')
})

t.test('speakers whose show has lost its audio have stopped', async t => {
  const { sent, report, passMs } = startFeed()
  report(ann)
  for (let n = 0; n < 4; n++) passMs(1500)
  t.same(sent.changes, ['ann -20', ''])
})
