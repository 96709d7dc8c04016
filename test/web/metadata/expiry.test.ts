import { mock } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import type { ArtistCard } from '../../../client/index.ts'
import { partsOf, withoutExpired } from '../../../web/src/metadata/artist-parts.ts'
import { ExpiryTimer, isExpired } from '../../../web/src/metadata/expiry.ts'

const fetchedAt = '2027-03-01T12:00:00.000Z'
const showUntil = '2027-03-01T18:00:00.000Z'
const endMs = Date.parse(showUntil)
const limited = { source: 'discogs', url: null, fetchedAt, showUntil } as const
const unlimited = { source: 'musicbrainz', url: null, fetchedAt } as const

t.test('content is shown until its time, and without limit where there is none', async t => {
  t.notOk(isExpired(limited, endMs - 1))
  t.ok(isExpired(limited, endMs))
  t.notOk(isExpired({}, Infinity))
})

t.test('a card loses the parts that may not be shown any longer', async t => {
  const card: ArtistCard = {
    key: 'k',
    name: 'A Quiet Band',
    about: { ...limited, text: 'A duo.' },
    genres: [
      { ...limited, name: 'Folk' },
      { ...unlimited, name: 'Chamber pop' }
    ],
    origin: { ...limited, area: 'Harbour town', beginYear: null, endYear: null },
    links: [{ ...unlimited, label: 'Shop', address: 'https://shop.example/' }]
  }
  t.same(withoutExpired(card, endMs - 1), card)
  const left = withoutExpired(card, endMs)
  t.match(left, { about: null, origin: null, genres: [{ name: 'Chamber pop' }] })
  t.same(
    partsOf(left).map(({ source }) => source),
    ['musicbrainz', 'musicbrainz']
  )
})

t.test('the timer waits for the first end, and for nothing once it is stopped', async t => {
  const startMs = Date.now()
  const until = (ms: number) => ({ showUntil: new Date(startMs + ms).toISOString() })
  const { promise, resolve } = Promise.withResolvers<number>()
  const timer = new ExpiryTimer(resolve)
  timer.watch([until(3_600_000), until(40), {}])
  t.ok((await promise) >= startMs + 40)
  const stopped = new ExpiryTimer(() => t.fail('stopped'))
  stopped.watch([until(0)])
  stopped.stop()
  await setTimeout(10)
})

t.test('a device that slept drops content soon after it wakes up', async t => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: endMs - 6 * 3_600_000 })
  t.teardown(() => mock.timers.reset())
  const calls: number[] = []
  new ExpiryTimer(nowMs => calls.push(nowMs)).watch([limited])
  mock.timers.tick(60_000)
  t.same(calls, [])
  mock.timers.setTime(endMs + 1000)
  mock.timers.tick(30_000)
  t.same(calls, [endMs + 31_000])
})
