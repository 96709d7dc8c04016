import t from 'tap'
import { compoundKey } from '../bson/key.ts'
import { choosePlan } from '../query/plan.ts'
import { parseSort } from '../query/sort.ts'
import type { IndexShape } from '../store/index-shape.ts'

function index(key: Record<string, 1 | -1>, options: Partial<IndexShape> = {}): IndexShape {
  return {
    fields: Object.entries(key).map(([path, direction]) => ({ path, isDescending: direction === -1 })),
    unique: false,
    sparse: false,
    multikey: false,
    ...options
  }
}

/** Whether a row of values is in one of a plan's ranges. */
function covers(plan: ReturnType<typeof choosePlan>, values: unknown[]): boolean {
  const key = compoundKey(values, plan?.index.fields.map(({ isDescending }) => isDescending) ?? [])
  return plan?.ranges.some(({ low, high }) => Buffer.compare(key, low) >= 0 && Buffer.compare(key, high) < 0) ?? false
}

const byId = index({ _id: 1 }, { unique: true })

t.test('a page begins after the previous one, in the requested order', async t => {
  const shows = [byId, index({ createdAt: -1, _id: -1 }), index({ creatorId: 1, createdAt: -1, _id: -1 })]
  const last = new Date(1000)
  const plan = choosePlan(
    shows,
    {
      $and: [
        { visibility: 'public' },
        { creatorId: 'ann' },
        { $or: [{ createdAt: { $lt: last } }, { createdAt: last, _id: { $lt: 'm' } }] }
      ]
    },
    parseSort({ createdAt: -1, _id: -1 })
  )
  t.equal(plan?.index, shows[2])
  t.match(plan, { isOrdered: true, isReverse: false, isExact: false })
  t.ok(covers(plan, ['ann', new Date(999), 'z']))
  t.ok(covers(plan, ['ann', last, 'a']))
  t.notOk(covers(plan, ['ann', new Date(1001), 'a']), 'no documents of previous pages')
  t.notOk(covers(plan, ['bob', new Date(999), 'a']))
})

t.test('events after a version are one range of their index, without further tests', async t => {
  const events = [byId, index({ showId: 1, version: 1 }, { unique: true })]
  const plan = choosePlan(events, { showId: 's', version: { $gt: 5 } }, parseSort({ version: 1 }))
  t.equal(plan?.index, events[1])
  t.match(plan, { isOrdered: true, isExact: true, ranges: { length: 1 } })
  t.notOk(covers(plan, ['s', 5]))
  t.ok(covers(plan, ['s', 6]))
  t.notOk(covers(plan, ['s', 'six']))
  t.match(choosePlan(events, { showId: 's' }, parseSort({ version: -1 })), { isOrdered: true, isReverse: true })
})

t.test('a unique key is read as a point', async t => {
  const users = [byId, index({ email: 1 }, { unique: true }), index({ name: 1 })]
  t.match(choosePlan(users, { email: 'a@x', name: 'A' }, []), {
    index: { fields: [{ path: 'email' }] },
    hasOnlyPoints: true,
    isExact: false
  })
  t.match(choosePlan(users, { _id: 'a', version: 3 }, []), { index: byId, hasOnlyPoints: true, isExact: false })
  t.match(choosePlan(users, { _id: 'a' }, []), { index: byId, hasOnlyPoints: true, isExact: true })
  t.equal(choosePlan(users, { _id: { $in: Array.from({ length: 2000 }, (_, n) => n) } }, [])?.ranges.length, 2000)
})

t.test('a sparse index is not used if a missing value would match', async t => {
  const sparse = [byId, index({ liveCreatorId: 1 }, { unique: true, sparse: true })]
  t.equal(choosePlan(sparse, { liveCreatorId: null }, []), undefined)
  t.equal(choosePlan(sparse, {}, parseSort({ liveCreatorId: 1 })), undefined)
  t.equal(choosePlan(sparse, { liveCreatorId: 'ann' }, [])?.index, sparse[1])
})

t.test('a pattern with a prefix is a range of an index', async t => {
  const shows = [byId, index({ words: 1 }, { multikey: true })]
  const plan = choosePlan(shows, { words: { $regex: '^mus' } }, [])
  t.equal(plan?.index, shows[1])
  for (const word of ['mus', 'music', 'mus\0']) t.ok(covers(plan, [word]), word)
  for (const word of ['mu', 'mut', 'must'.toUpperCase(), 5]) t.notOk(covers(plan, [word]), String(word))
  for (const pattern of ['mus', '^', '^.', '^m*', '^a|b', '^\\d']) {
    t.equal(choosePlan(shows, { words: { $regex: pattern } }, []), undefined, pattern)
  }
  t.ok(
    covers(choosePlan(shows, { words: { $regex: '^c\\+\\+ ?now' } }, []), ['c++now']),
    'an escaped character is text, and a character with a quantifier may be absent'
  )
})

t.test('several values of a leading field keep the order of the field behind it', async t => {
  const events = [byId, index({ showId: 1, seq: 1 }), index({ showId: 1, type: 1, seq: -1 })]
  const newest = parseSort({ seq: -1 })
  const types = { $in: ['member:removed', 'cohost:changed'] }
  t.match(choosePlan(events, { showId: 's', type: types }, newest), {
    index: events[2],
    isMerged: true,
    isOrdered: true,
    isReverse: false,
    ranges: { length: 2 }
  })
  t.match(choosePlan(events, { showId: 's', type: types, seq: { $lt: 9 } }, parseSort({ seq: 1 })), {
    isMerged: true,
    isOrdered: true,
    isReverse: true
  })
  t.match(choosePlan(events, { showId: 's', type: 'member:removed' }, newest), { isMerged: false, isOrdered: true })
  t.match(choosePlan(events, { showId: 's', type: types }, parseSort({ type: 1, seq: -1 })), {
    isMerged: false,
    isOrdered: true
  })
  const many = { $in: Array.from({ length: 1001 }, (_, n) => n) }
  t.match(choosePlan(events, { showId: 's', type: many }, newest), { isMerged: false })
})
