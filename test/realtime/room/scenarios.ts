import fc from 'fast-check'
import { candidates, creator, everybody, guest, listeners, playlistItems, troll, visitors } from './people.ts'
import type {
  Intent,
  MoveFate,
  PersonChoice,
  PersonGroup,
  RequestChoice,
  Scenario,
  ScenarioStep,
  Sender
} from './scenario.ts'

type SentIntent = Omit<ScenarioStep, 'waitMs'>

const member = (userId: PersonChoice, isStale = false): Sender => ({ kind: 'member', userId, isStale })
const weighted = <T>(...options: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...options.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const anybody = weighted<string>(
  [2, fc.constant(creator)],
  [3, fc.constantFrom(...candidates)],
  [10, fc.constantFrom(...listeners)],
  [1, fc.constant(guest)],
  [2, fc.constant(troll)],
  [1, fc.constantFrom(...everybody)]
)
const oneOf = (group: PersonGroup): fc.Arbitrary<PersonChoice> =>
  fc.record({ group: fc.constant(group), index: fc.nat(3), fallback: anybody })
const onStage = weighted([5, oneOf('stage')], [1, anybody])
const away = weighted([5, oneOf('away')], [1, anybody])
const invited = weighted([5, oneOf('invited')], [1, anybody])
const target = weighted(
  [3, oneOf('stage')],
  [2, oneOf('queue')],
  [1, oneOf('invited')],
  [1, oneOf('cohosts')],
  [1, oneOf('away')],
  [4, anybody]
)
const host = weighted<PersonChoice>([5, fc.constant(creator)], [5, oneOf('cohosts')], [1, target], [2, oneOf('owner')])

const rarelyTrue = weighted([9, fc.constant(false)], [1, fc.constant(true)])
const mostlyTrue = rarelyTrue.map(isRare => !isRare)
const bool = fc.boolean()

/**
 * No time, a moment, times around both grace periods, and times around the ends of items: just over, and over for
 * longer than an end is followed without a gap.
 */
const waitMs = weighted(
  [8, fc.constant(0)],
  [4, fc.integer({ min: 1, max: 300 })],
  [2, fc.constantFrom(999, 1000, 1001)],
  [1, fc.constantFrom(2999, 3000, 3001)],
  [
    2,
    fc
      .tuple(fc.constantFrom(500, 600, 250), fc.constantFrom(-1, 0, 3, 100, 101))
      .map(([durationMs, lateMs]) => durationMs + lateMs)
  ]
)

const requestChoice = weighted<RequestChoice>(
  [8, fc.record({ queueIndex: fc.nat(2) })],
  [2, fc.record({ id: fc.integer({ min: 0, max: 12 }).map(n => `r${n}`) })],
  [1, fc.constantFrom({ id: 'r01' }, { id: 'x1' }, { id: 'r99999999999999999' })]
)

const showEdit = fc.record({
  type: fc.constant('server:showEdited' as const),
  title: fc.constantFrom('First title', 'Second title'),
  coverUrl: fc.constantFrom(undefined, undefined, null, '/v1/covers/a.one', '/v1/covers/a.two'),
  maxSpeakers: fc.integer({ min: 1, max: 3 }),
  speakRequests: fc.constantFrom('open', 'open', 'open', 'closed'),
  comments: fc.constantFrom('open', 'open', 'open', 'closed'),
  slowModeMs: fc.constantFrom(0, 0, 200, 1000),
  slowModeSpeakersMs: fc.constantFrom(undefined, undefined, 0, 300),
  atEnd: fc.constantFrom('stop', 'stop', 'repeat'),
  record: bool,
  songFadeMs: fc.constantFrom(0, 0, 100, 400),
  songRequests: fc.constantFrom('open', 'open', 'closed'),
  isReordered: rarelyTrue,
  isStale: rarelyTrue
})

/** An intent with the people who usually have it. */
function sentBy(
  sender: fc.Arbitrary<PersonChoice>,
  intent: fc.Arbitrary<Intent>
): fc.Arbitrary<{ userId: PersonChoice; intent: Intent }> {
  return fc.record({ userId: sender, intent })
}
const fixed = <I extends Intent>(intent: I): fc.Arbitrary<Intent> => fc.constant(intent)

const hostIntent = weighted<Intent>(
  [
    3,
    fc.record({
      type: fc.constant('member:remove'),
      userId: weighted<PersonChoice>([1, fc.constant(troll)], [1, target]),
      ban: bool
    })
  ],
  [
    3,
    fc.record({ type: fc.constant('member:unban'), userId: weighted<PersonChoice>([4, oneOf('banned')], [1, target]) })
  ],
  [1, fixed({ type: 'people:list' })],
  [2, fixed({ type: 'people:see' })]
)

const itemId = fc.constantFrom('item1', 'item2', 'item3', 'item4', 'none')
const fadeMs = fc.constantFrom(0, 50, 200, 5000)
const playbackIntent = weighted<Intent>(
  [
    3,
    fc.record(
      { type: fc.constant('playback:play'), itemId, positionMs: fc.constantFrom(0, 100, 5000), fadeMs },
      { requiredKeys: ['type'] }
    )
  ],
  [
    3,
    fc.record(
      { type: fc.constant('playback:next'), from: weighted<string>([6, fc.constant('current')], [1, itemId]), fadeMs },
      { requiredKeys: ['type'] }
    )
  ],
  [2, fc.record({ type: fc.constant('playback:pause'), fadeMs }, { requiredKeys: ['type'] })],
  [1, fc.record({ type: fc.constant('playback:stop'), fadeMs }, { requiredKeys: ['type'] })],
  [2, fc.record({ type: fc.constant('jingle:play'), songId: fc.constantFrom('jingle1', 'jingle2') })],
  [2, fc.record({ type: fc.constant('playback:level'), levelDb: fc.constantFrom(-30, -6, 0) })]
)

const commentId = fc.constantFrom('c1', 'c2', 'c3')
const pinIntent = weighted<Intent>(
  [
    4,
    fc.record({
      type: fc.constant('comment:pin'),
      comment: weighted<{ id: string; author: PersonChoice } | null>(
        [8, fc.record({ id: commentId, author: anybody })],
        [1, fc.constant(null)]
      )
    })
  ],
  [
    2,
    fc.record({
      type: fc.constant('link:pin'),
      url: fc.constantFrom('https://a.example', 'https://b.example'),
      text: fc.constantFrom('Tickets', 'Shop')
    })
  ],
  [1, fixed({ type: 'pin:remove' })]
)

const pollIntent = weighted<Intent>(
  [
    3,
    fc.record(
      {
        type: fc.constant('poll:open'),
        question: fc.constantFrom('Which?', 'Who?'),
        options: fc.constantFrom<string[]>(['a', 'b'], ['a', 'b', 'c']),
        durationMs: fc.constantFrom(250, 1000)
      },
      { requiredKeys: ['type', 'question', 'options'] }
    )
  ],
  [1, fc.record({ type: fc.constant('poll:close'), isStale: rarelyTrue })],
  [1, fc.record({ type: fc.constant('poll:dismiss'), isStale: rarelyTrue })]
)
const pollVote = fc.record({ type: fc.constant('poll:vote'), option: fc.nat(3), isStale: rarelyTrue })

const songId = fc.constantFrom('song2', 'song4', 'song6')
const songRequest = fc.record({
  type: fc.constant('song:request'),
  song: weighted(
    [8, songId.map(id => ({ songId: id, title: `Title of ${id}`, artist: null, artworkUrl: null, durationMs: 1000 }))],
    [1, fc.constant(null)]
  )
})
const songVote = fc.record({ type: fc.constant('song:vote'), songId, on: mostlyTrue })

const memberIntent = weighted(
  [5, sentBy(weighted([1, anybody], [1, away]), fc.record({ type: fc.constant('show:join'), isRepeated: rarelyTrue }))],
  [2, sentBy(target, fixed({ type: 'show:leave' }))],
  [
    1,
    sentBy(anybody, fc.constantFrom<Intent>({ type: 'show:resync' }, { type: 'media:use' }, { type: 'media:produce' }))
  ],
  [1, sentBy(host, fixed({ type: 'show:announce' }))],
  [
    10,
    sentBy(
      weighted([3, anybody], [1, oneOf('cohosts')], [1, oneOf('queue')], [1, oneOf('invited')]),
      fc.record({ type: fc.constant('speak:request'), reason: fc.constantFrom('', 'A question') })
    )
  ],
  [1, sentBy(weighted([4, oneOf('queue')], [1, anybody]), fixed({ type: 'speak:cancel' }))],
  [8, sentBy(host, fc.record({ type: fc.constant('speak:answer'), request: requestChoice, accept: mostlyTrue }))],
  [
    3,
    sentBy(
      weighted<PersonChoice>([8, host], [1, anybody]),
      fc.record(
        { type: fc.constant('speak:rejectAll'), upTo: fc.integer({ min: 0, max: 12 }).map(n => `r${n}`) },
        { requiredKeys: ['type'] }
      )
    )
  ],
  [1, sentBy(weighted<PersonChoice>([8, host], [1, anybody]), fixed({ type: 'mute:all' }))],
  [5, sentBy(host, fc.record({ type: fc.constant('speak:invite'), userId: target }))],
  [5, sentBy(invited, fc.record({ type: fc.constant('speak:respond'), accept: mostlyTrue }))],
  [2, sentBy(host, fc.record({ type: fc.constant('speak:revoke'), userId: target }))],
  [2, sentBy(onStage, fixed({ type: 'speak:stepDown' }))],
  [
    3,
    onStage.chain(userId =>
      sentBy(
        fc.constant(userId),
        fc.record({ type: fc.constant('mute:set'), userId: fc.constant(userId), muted: bool })
      )
    )
  ],
  [
    4,
    sentBy(
      weighted([4, host], [1, anybody]),
      fc.record({ type: fc.constant('mute:set'), userId: onStage, muted: mostlyTrue })
    )
  ],
  [
    4,
    sentBy(
      weighted<PersonChoice>([5, fc.constant(creator)], [4, oneOf('owner')], [1, target]),
      fc.record({
        type: fc.constant('cohost:set'),
        userId: weighted<PersonChoice>([3, fc.constantFrom(...candidates)], [2, oneOf('cohosts')], [2, target]),
        cohost: bool
      })
    )
  ],
  [
    6,
    sentBy(
      onStage,
      fc.record({
        type: fc.constant('media:produced'),
        muted: fc.constantFrom(null, null, true, false),
        silent: bool
      })
    )
  ],
  [
    8,
    sentBy(
      weighted([3, anybody], [2, oneOf('commenters')], [1, oneOf('commentMuted')], [1, oneOf('cohosts')]),
      fixed({ type: 'comment:send' })
    )
  ],
  [1, sentBy(anybody, fixed({ type: 'reaction:send' }))],
  [1, sentBy(weighted([2, host], [1, anybody]), fixed({ type: 'playlist:editing' }))],
  [
    2,
    anybody.chain(userId =>
      sentBy(
        fc.constant(userId),
        fc.record({
          type: fc.constant('comment:delete'),
          author: weighted<PersonChoice | null>([2, fc.constant(userId)], [2, target], [1, fc.constant(null)])
        })
      )
    )
  ],
  [
    4,
    sentBy(
      host,
      fc.record({
        type: fc.constant('comment:mute'),
        userId: weighted<PersonChoice>(
          [2, oneOf('commenters')],
          [2, oneOf('commentMuted')],
          [1, oneOf('cohosts')],
          [2, target]
        ),
        muted: bool
      })
    )
  ],
  [3, sentBy(weighted<PersonChoice>([6, host], [1, anybody]), pinIntent)],
  [3, sentBy(weighted<PersonChoice>([6, host], [1, anybody]), pollIntent)],
  [5, sentBy(anybody, pollVote)],
  [3, sentBy(anybody, songRequest)],
  [3, sentBy(anybody, songVote)],
  [1, sentBy(host, fc.record({ type: fc.constant('song:dismiss'), songId }))],
  [1, sentBy(anybody, fixed({ type: 'votes:mine' }))],
  [1, sentBy(anybody, fixed({ type: 'comments:held' }))],
  [1, sentBy(weighted<PersonChoice>([2, host], [1, anybody]), fixed({ type: 'comment:answer' }))],
  [6, sentBy(host, playbackIntent)],
  [
    3,
    sentBy(weighted<PersonChoice>([4, host], [1, anybody]), fc.record({ type: fc.constant('recording:set'), on: bool }))
  ],
  [
    3,
    sentBy(
      weighted<PersonChoice>([8, oneOf('owner')], [1, fc.constant(creator)], [1, target]),
      fc.record({
        type: fc.constant('show:handOver'),
        userId: weighted<PersonChoice>(
          [4, oneOf('cohosts')],
          [1, fc.constantFrom(...candidates)],
          [2, fc.constant(creator)],
          [1, target]
        )
      })
    )
  ],
  [5, sentBy(host, hostIntent)]
)

const sentByMember: fc.Arbitrary<SentIntent> = fc
  .record({ sent: memberIntent, isStale: weighted([19, fc.constant(false)], [1, fc.constant(true)]) })
  .map(({ sent: { userId, intent }, isStale }) => ({ sender: member(userId, isStale), intent }))

const owner = weighted<Sender>(
  [8, fc.constant({ kind: 'user', userId: creator })],
  [1, anybody.map(userId => ({ kind: 'user', userId }))],
  [1, fc.constant({ kind: 'operator', userId: 'operator' })],
  [1, target.map(userId => member(userId))],
  [1, fc.constant({ kind: 'system' })]
)
const sentByOwner: fc.Arbitrary<SentIntent> = fc.record({
  sender: owner,
  intent: weighted<Intent>([1, fixed({ type: 'show:start' })], [1, fixed({ type: 'show:end' })], [3, hostIntent])
})

const isStale = rarelyTrue
const fates = fc.array(
  weighted<MoveFate>(
    [8, fc.constant('stays')],
    [2, fc.constantFrom('quiet', 'other', 'lost', 'twice')],
    [1, fc.constant('comes')]
  ),
  { minLength: everybody.length, maxLength: everybody.length, size: 'max' }
)
const serverIntent = weighted<Intent>(
  [7, fc.record({ type: fc.constant('server:dropped'), userId: target, isStale })],
  [7, fc.record({ type: fc.constant('server:graceOver'), userId: away })],
  [5, showEdit],
  [
    3,
    fc.record({ type: fc.constant('server:playlistEdited'), items: fc.shuffledSubarray([...playlistItems]), isStale })
  ],
  [1, fc.record({ type: fc.constant('server:producerLost'), userId: onStage, isStale })],
  [3, fc.record({ type: fc.constant('server:voiceHeard'), userId: onStage, isStale })],
  [1, fc.record({ type: fc.constant('server:overBitrate'), userId: onStage, isStale })],
  [6, fc.record({ type: fc.constant('server:itemEnded'), isStale })],
  [3, fixed({ type: 'server:songMoved' })],
  [2, fixed({ type: 'server:jingleMoved' })],
  [2, fc.record({ type: fc.constant('server:jingleOver'), isStale: rarelyTrue })],
  [
    2,
    fc.record({
      type: fc.constant('server:recordingFailed'),
      reason: fc.constantFrom('full' as const, 'quota' as const),
      isStale
    })
  ],
  [
    4,
    fc.record({
      type: fc.constant('server:voiceRecorded'),
      userId: onStage,
      recorded: fc.boolean(),
      stale: weighted([8, fc.constant(null)], [1, fc.constant('recording')], [1, fc.constant('voice')])
    })
  ],
  [
    1,
    fc.record({
      type: fc.constant('server:erased'),
      userId: weighted<PersonChoice>([4, target], [1, oneOf('owner')])
    })
  ],
  [
    4,
    fc.record({
      type: fc.constant('server:renamed'),
      userId: target,
      displayName: fc.constantFrom('One name', 'Another name'),
      avatarUrl: fc.constantFrom(null, '/avatars/another')
    })
  ],
  [
    1,
    fc.record({
      type: fc.constant('server:commentLost'),
      userId: weighted([3, oneOf('commenters')], [1, anybody]),
      isStale
    })
  ],
  [
    1,
    fc.record({
      type: fc.constant('server:commentApproved'),
      userId: weighted<PersonChoice>([2, oneOf('commentMuted')], [3, oneOf('commenters')])
    })
  ],
  [2, fc.record({ type: fc.constant('server:commentsDeleted'), commentIds: fc.subarray(['c1', 'c2', 'c3']) })],
  [2, fc.record({ type: fc.constant('server:songRemoved'), songId })],
  [3, fixed({ type: 'server:countVotes' })],
  [2, fc.record({ type: fc.constant('server:pollEnded'), isStale })],
  [1, fixed({ type: 'restart' })],
  [2, fc.record({ type: fc.constant('move'), fates })],
  [2, fc.record({ type: fc.constant('server:nodeLost'), nodeId: fc.constantFrom('node1', 'node2', 'node') })]
)
const sentByServer: fc.Arbitrary<SentIntent> = fc.record({
  sender: weighted<Sender>(
    [20, fc.constant({ kind: 'system' })],
    [1, target.map(userId => member(userId))],
    [1, fc.constant({ kind: 'operator', userId: 'operator' })]
  ),
  intent: serverIntent
})

const step: fc.Arbitrary<ScenarioStep> = fc
  .record({ waitMs, sent: weighted([24, sentByMember], [2, sentByOwner], [5, sentByServer]) })
  .map(({ waitMs, sent }) => ({ waitMs, ...sent }))

/** How most shows begin. Some scenarios leave out some of these steps. */
const beginning: ScenarioStep[] = [
  { waitMs: 0, sender: { kind: 'user', userId: creator }, intent: { type: 'show:start' } },
  ...visitors.map((userId): ScenarioStep => ({
    waitMs: 0,
    sender: member(userId),
    intent: { type: 'show:join', isRepeated: false }
  })),
  ...candidates.map((userId): ScenarioStep => ({
    waitMs: 0,
    sender: member(creator),
    intent: { type: 'cohost:set', userId, cohost: true }
  }))
]

/** Shows that most people have joined, followed by random steps. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    maxSpeakers: fc.integer({ min: 1, max: 3 }),
    record: bool,
    beginning: weighted([8, fc.constant(beginning)], [2, fc.subarray(beginning)]),
    further: fc.array(step, { minLength: 1, maxLength: 80, size: 'max' })
  })
  .map(({ beginning, further, ...show }) => ({ ...show, steps: [...beginning, ...further] }))
