import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../../depth.ts'
import type { AudienceRecord } from '../../../../contract/audience-events.ts'
import type { AnalyticsRecord } from '../../../../plugins/app/analytics/analytics-record.ts'
import { createFoldCache } from '../../../../plugins/app/analytics/fold-cache.ts'
import { createFoldedShow, fold } from '../../../../plugins/app/analytics/fold-analytics.ts'
import { summarise } from '../../../../plugins/app/analytics/summary.ts'
import type { StoredRecord } from '../../../../plugins/app/shows/log-records.ts'
import { histories, startMs } from './histories.ts'

const range = { startedAt: startMs, endMs: null }

/** A store of one history, of which only the first records are stored yet. */
function createStore(log: readonly AnalyticsRecord[] = [], audience: readonly AnalyticsRecord[] = []) {
  const state = { reads: 0, isAway: false, log: 0, audience: 0, now: 0 }
  async function* read<R>(records: readonly AnalyticsRecord[], stored: number, afterSeq: number): AsyncGenerator<R> {
    await Promise.resolve()
    if (state.isAway) throw new Error('the store is away')
    for (const record of records.slice(0, stored)) if (record.seq > afterSeq) yield record as R
  }
  const cache = createFoldCache({
    eventLog: {
      read(_showId, afterSeq) {
        state.reads++
        return read<StoredRecord>(log, state.log, afterSeq)
      }
    },
    audienceLog: { read: (_showId, afterSeq) => read<AudienceRecord>(audience, state.audience, afterSeq) },
    nowMs: () => state.now
  })
  return { state, cache }
}

t.test('a show that is read in pieces has the numbers of one that is read at once', async t => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { maxLength: 12 }),
      async ({ log, audience }, steps) => {
        const { state, cache } = createStore(log, audience)
        for (const [moreLog, moreAudience] of [...steps, [Infinity, Infinity] as const]) {
          state.log += moreLog
          state.audience += moreAudience
          // Looking at the numbers does not change them.
          const { folded } = await cache.read('show')
          summarise(folded, range)
        }
        const whole = createFoldedShow()
        for (const record of [...log, ...audience]) fold(whole, record)
        t.same(summarise((await cache.read('show')).folded, range), summarise(whole, range))
      }
    ),
    { numRuns: runsOf(200, 1000) }
  )
})

t.test('a listener who is erased while the show runs is not here any more', async t => {
  const at = (seq: number) => ({ stream: 'audience' as const, seq, at: startMs + seq })
  const joined = { type: 'listener:joined', person: 'ann', guest: false, source: null } as const
  const audience: AnalyticsRecord[] = [
    { ...at(1), event: joined },
    { ...at(2), event: { type: 'listener:left', person: 'ann' } }
  ]
  const { state, cache } = createStore([], audience)
  state.audience = 1
  const listeners = async () => {
    const { folded } = await cache.read('show')
    return summarise(folded, { ...range, endMs: startMs + 60_000 })
  }
  t.same((await listeners()).minutes.listeners, [1, 1])
  // The erasure gives all of their events to another pseudonym.
  audience[0] = { ...at(1), event: { ...joined, person: 'somebody' } }
  audience[1] = { ...at(2), event: { type: 'listener:left', person: 'somebody' } }
  state.audience = 2
  const { minutes, audience: numbers } = await listeners()
  t.same(minutes.listeners, [0, 0])
  t.match(numbers, { listeners: 1, joins: 1, leaves: 1 })
  t.same([...(await cache.read('show')).folded.audience.people], ['somebody'])
})

t.test('concurrent requests read once', async t => {
  const { state, cache } = createStore()
  await Promise.all([cache.read('show'), cache.read('show'), cache.read('show')])
  t.equal(state.reads, 1)
  await cache.read('show')
  t.equal(state.reads, 2, 'a later one reads what is new')
})

t.test('a read that failed is done again', async t => {
  const { state, cache } = createStore()
  state.isAway = true
  await t.rejects(cache.read('show'), { message: 'the store is away' })
  state.isAway = false
  await cache.read('show')
  t.equal(state.reads, 2)
})

t.test('shows are dropped when there are many, and when nobody asks for them', async t => {
  const { state, cache } = createStore()
  for (let i = 0; i < 60; i++) await cache.read(`show-${i}`)
  t.equal(cache.size, 50)
  state.now += 9 * 60_000
  const { folded } = await cache.read('show-59')
  state.now += 60_000
  cache.dropIdle()
  t.equal(cache.size, 1)
  t.equal((await cache.read('show-59')).folded, folded)
  cache.drop('show-59')
  t.not((await cache.read('show-59')).folded, folded)
})
