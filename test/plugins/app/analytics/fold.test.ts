import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../../depth.ts'
import type { AudienceEvent } from '../../../../contract/audience-events.ts'
import type { AnalyticsRecord } from '../../../../plugins/app/analytics/analytics-record.ts'
import { createFoldedShow, fold } from '../../../../plugins/app/analytics/fold-analytics.ts'
import { summarise, type ShowSummary } from '../../../../plugins/app/analytics/summary.ts'
import { histories, startMs, type History } from './histories.ts'

const numRuns = runsOf(300, 2000)
const check = (property: fc.IProperty<unknown[]>) => fc.assert(property as fc.IProperty<unknown>, { numRuns })

function summaryOf(records: Iterable<AnalyticsRecord>): ShowSummary {
  const folded = createFoldedShow()
  for (const record of records) fold(folded, record)
  return summarise(folded, { startedAt: startMs, endMs: null })
}

const atOnce = ({ log, audience }: History) => summaryOf([...log, ...audience])

/** Merges the streams: each true takes the next record of the log. */
function interleave({ log, audience }: History, takesLog: readonly boolean[]): AnalyticsRecord[] {
  const merged: AnalyticsRecord[] = []
  let [l, a] = [0, 0]
  for (const isLog of takesLog) {
    const next = isLog ? log[l++] : audience[a++]
    if (next) merged.push(next)
  }
  return [...merged, ...log.slice(l), ...audience.slice(a)]
}

t.test('the order between the streams and repeated records change nothing', async () => {
  check(
    fc.property(
      histories,
      fc.array(fc.boolean(), { maxLength: 100 }),
      fc.array(fc.nat({ max: 5 }), { maxLength: 100 }),
      (history, takesLog, repeats) => {
        const merged = interleave(history, takesLog)
        // Every record is delivered twice, the second time at once or with a few others before it again.
        const twice = merged.flatMap((record, index) => [
          record,
          ...merged.slice(Math.max(0, index - (repeats[index] ?? 0)), index + 1)
        ])
        t.same(summaryOf(twice), atOnce(history))
      }
    ) as fc.IProperty<unknown[]>
  )
})

t.test('pseudonyms give equal numbers', async () => {
  const hide = (text: string) => text.replaceAll(/"(ann|bob|cleo|dora)"/g, '"pseudonym-$1"')
  check(
    fc.property(histories, history => {
      const { log, audience } = history
      const pseudonymous: History = JSON.parse(hide(JSON.stringify({ log, audience })))
      t.same(atOnce(pseudonymous), JSON.parse(hide(JSON.stringify(atOnce(history)))))
    }) as fc.IProperty<unknown[]>
  )
})

interface Stay {
  from: number
  to: number | null
}

/** The stays of each person, counted in the simplest way: absences of up to a minute are filled afterwards. */
function staysOf(audience: readonly AnalyticsRecord[]): Map<string, Stay[]> {
  const stays = new Map<string, Stay[]>()
  let at = 0
  const leave = (person: string) => {
    const last = stays.get(person)?.at(-1)
    if (last && last.to === null) last.to = at
  }
  for (const record of audience) {
    at = Math.max(at, record.at)
    const event = record.event as AudienceEvent
    if (event.type === 'audience:opened') for (const person of stays.keys()) leave(person)
    if (event.type === 'listener:left') leave(event.person)
    if (event.type === 'listener:joined') {
      const own = stays.get(event.person) ?? []
      stays.set(event.person, own)
      const last = own.at(-1)
      if (!last || last.to !== null) own.push({ from: at, to: null })
    }
  }
  for (const [person, own] of stays) {
    const filled: Stay[] = []
    for (const stay of own) {
      const before = filled.at(-1)
      if (before && before.to !== null && stay.from - before.to <= 60_000) before.to = stay.to
      else filled.push({ ...stay })
    }
    stays.set(person, filled)
  }
  return stays
}

t.test('the numbers of the audience are those of a simple count', async () => {
  check(
    fc.property(histories, history => {
      const summary = atOnce(history)
      const { endMs, minutes } = summary
      const stays = [...staysOf(history.audience).values()]
      if (!summary.audience) return t.equal(history.audience.length, 0)
      const before = (at: number | null) => at !== null && at <= endMs
      const all = stays.flat().filter(({ from }) => from <= endMs)
      t.equal(summary.audience.listeners, stays.length)
      t.equal(summary.audience.joins, all.length)
      t.equal(summary.audience.leaves, all.filter(({ to }) => before(to)).length)
      const end = (to: number | null) => (to === null || to > endMs ? endMs : to)
      const total = all.reduce((sum, { from, to }) => sum + end(to) - from, 0)
      t.equal(summary.audience.averageStayMs, stays.length === 0 ? null : Math.round(total / stays.length))
      const levelAt = (at: number) => all.filter(({ from, to }) => from <= at && (to === null || to > at)).length
      // Of a join and a leave at the same time, either may be first.
      const mostAt = (at: number) => all.filter(({ from, to }) => from <= at && (to === null || to >= at)).length
      t.ok(summary.audience.peak >= Math.max(0, ...all.map(({ from }) => levelAt(from))))
      t.ok(summary.audience.peak <= Math.max(0, ...all.map(({ from }) => mostAt(from))))
      minutes.listeners.forEach((listeners, index) => {
        if (listeners === null) return
        const last = Math.min((minutes.first + index + 1) * 60_000 - 1, endMs)
        t.equal(listeners, levelAt(last), `minute ${index}`)
      })
      const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, n) => total + (n ?? 0), 0)
      t.equal(sum(minutes.joins), all.length)
      t.equal(sum(minutes.leaves), summary.audience.leaves)
      t.equal(sum(minutes.comments), summary.comments)
      t.equal(sum(minutes.reactions), summary.audience.reactions)
    }) as fc.IProperty<unknown[]>
  )
})

t.test('talk time is the time on air, heard and not muted', async t => {
  const at = (minute: number) => startMs + minute * 60_000
  const profile = { userId: 'ann', displayName: 'Ann', avatarUrl: null }
  const events: [number, object][] = [
    [0, { type: 'show:started' }],
    [1, { type: 'speak:requested', requestId: 'r1', ...profile, reason: '', requestedAt: at(1) }],
    [2, { type: 'floor:granted', ...profile, by: 'creator' }],
    [3, { type: 'stage:joined', userId: 'ann', producerId: 'p', muted: false, silent: true }],
    [4, { type: 'stage:heard', userId: 'ann', producerId: 'p' }],
    [6, { type: 'mute:changed', userId: 'ann', muted: true, by: 'ann' }],
    [7, { type: 'mute:changed', userId: 'ann', muted: false, by: 'ann' }],
    [9, { type: 'stage:suspended', userId: 'ann' }],
    [10, { type: 'mute:changed', userId: 'ann', muted: true, by: 'creator' }],
    [11, { type: 'stage:joined', userId: 'ann', producerId: 'q', muted: true }],
    [12, { type: 'mute:changed', userId: 'ann', muted: false, by: 'ann' }],
    [15, { type: 'show:ended', reason: 'ended' }]
  ]
  const summary = summaryOf(
    events.map(
      ([minute, event], index) => ({ stream: 'log', seq: index + 1, at: at(minute), event }) as AnalyticsRecord
    )
  )
  t.same(summary.speakers, [
    {
      userId: 'ann',
      talkMs: 7 * 60_000,
      spans: [
        [at(4), at(6)],
        [at(7), at(9)],
        [at(12), at(15)]
      ]
    }
  ])
  t.match(summary.requests, { requested: 1, accepted: 1, averageWaitMs: 60_000, medianWaitMs: 60_000 })
  t.equal(summary.audience, null)
  t.equal(summary.comments, null)
  t.ok(summary.minutes.listeners.every(value => value === null))
})
