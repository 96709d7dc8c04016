import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable'
import t from 'tap'
import type { MemberActor } from '../../../realtime/room/commands.ts'
import { apply } from '../../../realtime/room/apply.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import { createServerRoomState, type ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { snapshotFor } from '../../../realtime/room/snapshot.ts'
import { defaultSettings } from '../../../contract/settings.ts'
import { profile } from './people.ts'

const show = {
  id: 'show',
  creator: { id: 'creator', displayName: 'Creator', avatarUrl: null },
  title: 'Title',
  description: '',
  settings: defaultSettings,
  version: 1,
  playlist: { version: 1, items: [] }
}
const limits = { creatorGraceMs: 120_000, speakerGraceMs: 30_000, queueSize: 1000 }

const listener = (n: number): MemberActor => ({
  kind: 'member',
  ...profile(`listener ${n}`),
  presenceId: `presence ${n}`
})

function run(state: ServerRoomState, actor: MemberActor, type: 'show:join' | 'show:leave'): ServerRoomState {
  const events = decide(state, actor, { type }, 2)
  if (isRefusal(events)) throw new Error(events.message)
  return events.reduce((now, event) => apply(now, event, 2), state)
}

/** Counts how often somebody starts to go through a collection of the room. */
function countIterations(act: () => void): number {
  let count = 0
  const restores = [ImmutableMap.prototype, ImmutableSet.prototype].flatMap(prototype =>
    ['__iterate', '__iterator'].map(name => {
      const original: (...args: unknown[]) => unknown = Reflect.get(prototype, name)
      Reflect.set(prototype, name, function (this: unknown, ...args: unknown[]) {
        count++
        return original.apply(this, args)
      })
      return () => Reflect.set(prototype, name, original)
    })
  )
  try {
    act()
  } finally {
    for (const restore of restores) restore()
  }
  return count
}

t.test('joining, the snapshot and leaving go through no collection of members: counts are kept', async t => {
  let state = apply(createServerRoomState(openingState(show, 0), limits), { type: 'show:started' }, 1)
  for (let n = 0; n < 1000; n++) state = run(state, listener(n), 'show:join')
  t.equal(state.listenerCount, 1000)
  t.equal(
    countIterations(() => [...state.members]),
    1,
    'an iteration is noticed'
  )
  t.equal(
    countIterations(() => state.visitorIds.some(() => false)),
    1 + 1,
    'a set iterates over its map'
  )

  let counts: number[] = []
  const iterations = countIterations(() => {
    state = run(state, listener(1000), 'show:join')
    counts = [snapshotFor(state, 'listener 1000', 3).listenerCount]
    state = run(state, listener(1), 'show:leave')
    counts.push(snapshotFor(state, 'creator', 3).listenerCount, state.visitorIds.size)
  })
  t.equal(iterations, 0)
  t.same(counts, [1001, 1000, 1001])
})
