import fc from 'fast-check'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Command } from '../../../realtime/room/commands.ts'
import { candidates, creator, everybody, guest, listeners, pieces, troll, visitors } from './people.ts'

/** Where in the room somebody is looked for. */
export type Place = 'stage' | 'queue' | 'invited' | 'away' | 'cohosts' | 'banned' | 'silenced' | 'commenters'

/** A person by name, or whoever is the n-th in a place when the move is made (`otherwise` when nobody is there). */
export type Someone = string | { in: Place; n: number; otherwise: string }

/** Through whom a move reaches the room: a socket (`old`: one that was replaced or left behind), REST, an operator, the server. */
export type Hand =
  | { kind: 'member'; userId: Someone; old: boolean }
  | { kind: 'user'; userId: string }
  | { kind: 'operator'; userId: string }
  | { kind: 'system' }

type AboutSomeone<C> = C extends { userId: string } ? Omit<C, 'userId'> & { userId: Someone } : C

/** Commands that name something made in the course of the show, and so are completed when their turn comes. */
type Open =
  | 'show:join'
  | 'server:showEdited'
  | 'speak:answer'
  | 'media:produced'
  | 'server:dropped'
  | 'server:producerLost'
  | 'server:overBitrate'
  | 'server:restored'
  | 'comment:delete'
  | 'server:commentLost'
  | 'server:playlistEdited'
  | 'server:itemEnded'
  | 'server:songMoved'

/** Which request is answered: the n-th that waits (when there is one), or one by its id. */
export type RequestChoice = { waiting: number } | { id: string }

export type Wish =
  | AboutSomeone<Exclude<Command, { type: Open }>>
  | { type: 'show:join'; again: boolean }
  | {
      type: 'server:showEdited'
      title: string
      maxSpeakers: number
      speakRequests: 'open' | 'closed'
      comments: 'open' | 'closed'
      slowModeMs: number
      atEnd: 'stop' | 'repeat'
      reordered: boolean
      /** Of a version the room has already. */
      stale: boolean
    }
  /** `stale`: of a version the room has already. */
  | { type: 'server:playlistEdited'; items: PlaylistItem[]; stale: boolean }
  /** `old`: of an item that has not played since then. */
  | { type: 'server:itemEnded'; old: boolean }
  | { type: 'server:songMoved' }
  | { type: 'speak:answer'; request: RequestChoice; accept: boolean }
  | { type: 'media:produced'; muted: boolean | null }
  | { type: 'server:dropped'; userId: Someone; old: boolean }
  | { type: 'server:producerLost'; userId: Someone; old: boolean }
  | { type: 'server:overBitrate'; userId: Someone; old: boolean }
  /** `author` null: a comment that never was. */
  | { type: 'comment:delete'; author: Someone | null }
  /** `old`: another comment than their last. */
  | { type: 'server:commentLost'; userId: Someone; old: boolean }
  /** The server goes down and comes back: what is stored is read, and `server:restored` is said. */
  | { type: 'restart' }

/** One step of a story: some time goes by, then somebody wants something. */
export interface Move {
  waitMs: number
  hand: Hand
  wish: Wish
}

/** A whole show, from its start on. */
export interface Story {
  maxSpeakers: number
  moves: Move[]
}

const asMember = (userId: Someone, old = false): Hand => ({ kind: 'member', userId, old })
const often = <T>(...weighted: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const anybody = often<string>(
  [2, fc.constant(creator)],
  [3, fc.constantFrom(...candidates)],
  [10, fc.constantFrom(...listeners)],
  [1, fc.constant(guest)],
  [2, fc.constant(troll)],
  [1, fc.constantFrom(...everybody)]
)
const oneIn = (place: Place): fc.Arbitrary<Someone> =>
  fc.record({ in: fc.constant(place), n: fc.nat(3), otherwise: anybody })
const onStage = often([5, oneIn('stage')], [1, anybody])
const away = often([5, oneIn('away')], [1, anybody])
const invited = often([5, oneIn('invited')], [1, anybody])
const target = often(
  [3, oneIn('stage')],
  [2, oneIn('queue')],
  [1, oneIn('invited')],
  [1, oneIn('cohosts')],
  [1, oneIn('away')],
  [4, anybody]
)
const host = often<Someone>([5, fc.constant(creator)], [5, oneIn('cohosts')], [1, target])

const rarely = often([9, fc.constant(false)], [1, fc.constant(true)])
const mostly = rarely.map(sometimes => !sometimes)
const bool = fc.boolean()

/** Nothing, a moment, times around the two graces, and around the ends of pieces: just over, and so long over that it was silent since. */
const waitMs = often(
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

const requestChoice = often<RequestChoice>(
  [8, fc.record({ waiting: fc.nat(2) })],
  [2, fc.record({ id: fc.integer({ min: 0, max: 12 }).map(n => `r${n}`) })],
  [1, fc.constantFrom({ id: 'r01' }, { id: 'x1' }, { id: 'r99999999999999999' })]
)

const edit = fc.record({
  type: fc.constant('server:showEdited' as const),
  title: fc.constantFrom('First title', 'Second title'),
  maxSpeakers: fc.integer({ min: 1, max: 3 }),
  speakRequests: fc.constantFrom('open', 'open', 'open', 'closed'),
  comments: fc.constantFrom('open', 'open', 'open', 'closed'),
  slowModeMs: fc.constantFrom(0, 0, 200, 1000),
  atEnd: fc.constantFrom('stop', 'stop', 'repeat'),
  reordered: rarely,
  stale: rarely
})

/** A wish, and who usually has it. */
function wanted(who: fc.Arbitrary<Someone>, wish: fc.Arbitrary<Wish>): fc.Arbitrary<{ userId: Someone; wish: Wish }> {
  return fc.record({ userId: who, wish })
}
const plain = <W extends Wish>(wish: W): fc.Arbitrary<Wish> => fc.constant(wish)

const hostWish = often<Wish>(
  [
    3,
    fc.record({
      type: fc.constant('member:remove'),
      userId: often<Someone>([1, fc.constant(troll)], [1, target]),
      ban: bool
    })
  ],
  [3, fc.record({ type: fc.constant('member:unban'), userId: often<Someone>([4, oneIn('banned')], [1, target]) })],
  [1, plain({ type: 'people:list' })]
)

const piece = fc.constantFrom('piece1', 'piece2', 'piece3', 'piece4', 'none')
const playbackWish = often<Wish>(
  [
    3,
    fc.record(
      { type: fc.constant('playback:play'), itemId: piece, positionMs: fc.constantFrom(0, 100, 5000) },
      { requiredKeys: ['type'] }
    )
  ],
  [
    3,
    fc.record(
      { type: fc.constant('playback:next'), from: often<string>([6, fc.constant('current')], [1, piece]) },
      { requiredKeys: ['type'] }
    )
  ],
  [2, plain({ type: 'playback:pause' })],
  [1, plain({ type: 'playback:stop' })]
)

const memberWish = often(
  [5, wanted(often([1, anybody], [1, away]), fc.record({ type: fc.constant('show:join'), again: rarely }))],
  [2, wanted(target, plain({ type: 'show:leave' }))],
  [
    1,
    wanted(anybody, fc.constantFrom<Wish>({ type: 'show:resync' }, { type: 'media:use' }, { type: 'media:produce' }))
  ],
  [1, wanted(host, plain({ type: 'show:announce' }))],
  [
    10,
    wanted(
      often([3, anybody], [1, oneIn('cohosts')], [1, oneIn('queue')], [1, oneIn('invited')]),
      fc.record({ type: fc.constant('speak:request'), reason: fc.constantFrom('', 'A question') })
    )
  ],
  [1, wanted(often([4, oneIn('queue')], [1, anybody]), plain({ type: 'speak:cancel' }))],
  [8, wanted(host, fc.record({ type: fc.constant('speak:answer'), request: requestChoice, accept: mostly }))],
  [5, wanted(host, fc.record({ type: fc.constant('speak:invite'), userId: target }))],
  [5, wanted(invited, fc.record({ type: fc.constant('speak:respond'), accept: mostly }))],
  [2, wanted(host, fc.record({ type: fc.constant('speak:revoke'), userId: target }))],
  [2, wanted(onStage, plain({ type: 'speak:stepDown' }))],
  [
    3,
    onStage.chain(userId =>
      wanted(
        fc.constant(userId),
        fc.record({ type: fc.constant('mute:set'), userId: fc.constant(userId), muted: bool })
      )
    )
  ],
  [
    4,
    wanted(often([4, host], [1, anybody]), fc.record({ type: fc.constant('mute:set'), userId: onStage, muted: mostly }))
  ],
  [
    4,
    wanted(
      often<Someone>([8, fc.constant(creator)], [1, target]),
      fc.record({
        type: fc.constant('cohost:set'),
        userId: often<Someone>([3, fc.constantFrom(...candidates)], [2, oneIn('cohosts')], [2, target]),
        cohost: bool
      })
    )
  ],
  [
    6,
    wanted(onStage, fc.record({ type: fc.constant('media:produced'), muted: fc.constantFrom(null, null, true, false) }))
  ],
  [
    8,
    wanted(
      often([3, anybody], [2, oneIn('commenters')], [1, oneIn('silenced')], [1, oneIn('cohosts')]),
      plain({ type: 'comment:send' })
    )
  ],
  [1, wanted(anybody, plain({ type: 'reaction:send' }))],
  [
    2,
    anybody.chain(userId =>
      wanted(
        fc.constant(userId),
        fc.record({
          type: fc.constant('comment:delete'),
          author: often<Someone | null>([2, fc.constant(userId)], [2, target], [1, fc.constant(null)])
        })
      )
    )
  ],
  [
    4,
    wanted(
      host,
      fc.record({
        type: fc.constant('comment:mute'),
        userId: often<Someone>([2, oneIn('commenters')], [2, oneIn('silenced')], [1, oneIn('cohosts')], [2, target]),
        muted: bool
      })
    )
  ],
  [6, wanted(host, playbackWish)],
  [5, wanted(host, hostWish)]
)

type Deed = Omit<Move, 'waitMs'>

const memberDeed: fc.Arbitrary<Deed> = fc
  .record({ wanted: memberWish, old: often([19, fc.constant(false)], [1, fc.constant(true)]) })
  .map(({ wanted: { userId, wish }, old }) => ({ hand: asMember(userId, old), wish }))

const owner = often<Hand>(
  [8, fc.constant({ kind: 'user', userId: creator })],
  [1, anybody.map(userId => ({ kind: 'user', userId }))],
  [1, fc.constant({ kind: 'operator', userId: 'operator' })],
  [1, target.map(userId => asMember(userId))],
  [1, fc.constant({ kind: 'system' })]
)
const ownerDeed: fc.Arbitrary<Deed> = fc.record({
  hand: owner,
  wish: often<Wish>([1, plain({ type: 'show:start' })], [1, plain({ type: 'show:end' })], [3, hostWish])
})

const old = rarely
const serverWish = often<Wish>(
  [7, fc.record({ type: fc.constant('server:dropped'), userId: target, old })],
  [7, fc.record({ type: fc.constant('server:graceOver'), userId: away })],
  [5, edit],
  [
    3,
    fc.record({ type: fc.constant('server:playlistEdited'), items: fc.shuffledSubarray([...pieces]), stale: rarely })
  ],
  [1, fc.record({ type: fc.constant('server:producerLost'), userId: onStage, old })],
  [1, fc.record({ type: fc.constant('server:overBitrate'), userId: onStage, old })],
  [6, fc.record({ type: fc.constant('server:itemEnded'), old })],
  [3, plain({ type: 'server:songMoved' })],
  [1, fc.record({ type: fc.constant('server:erased'), userId: target })],
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
    fc.record({ type: fc.constant('server:commentLost'), userId: often([3, oneIn('commenters')], [1, anybody]), old })
  ],
  [1, plain({ type: 'restart' })]
)
const serverDeed: fc.Arbitrary<Deed> = fc.record({
  hand: often<Hand>(
    [20, fc.constant({ kind: 'system' })],
    [1, target.map(userId => asMember(userId))],
    [1, fc.constant({ kind: 'operator', userId: 'operator' })]
  ),
  wish: serverWish
})

const move: fc.Arbitrary<Move> = fc
  .record({ waitMs, deed: often([24, memberDeed], [2, ownerDeed], [5, serverDeed]) })
  .map(({ waitMs, deed }) => ({ waitMs, ...deed }))

/** How most shows begin; leaving steps out makes the others. */
const beginning: Move[] = [
  { waitMs: 0, hand: { kind: 'user', userId: creator }, wish: { type: 'show:start' } },
  ...visitors.map((userId): Move => ({ waitMs: 0, hand: asMember(userId), wish: { type: 'show:join', again: false } })),
  ...candidates.map((userId): Move => ({
    waitMs: 0,
    hand: asMember(creator),
    wish: { type: 'cohost:set', userId, cohost: true }
  }))
]

/** Shows that begin with most people there, and then take their course. */
export const stories: fc.Arbitrary<Story> = fc
  .record({
    maxSpeakers: fc.integer({ min: 1, max: 3 }),
    beginning: often([8, fc.constant(beginning)], [2, fc.subarray(beginning)]),
    course: fc.array(move, { minLength: 1, maxLength: 80, size: 'max' })
  })
  .map(({ maxSpeakers, beginning, course }) => ({ maxSpeakers, moves: [...beginning, ...course] }))
