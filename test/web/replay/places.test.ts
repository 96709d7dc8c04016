import t from 'tap'
import { requestFor, withAnswer } from '../../../web/src/replay/comment-window.ts'
import { currentIndex } from '../../../web/src/replay/chapters.ts'
import { itemIndexAt } from '../../../web/src/replay/items.ts'
import { findPlace } from '../../../web/src/replay/server-time.ts'
import { silencesOf } from '../../../web/src/replay/spans.ts'
import { findLinkedPlace } from '../../../web/src/replay/time-link.ts'
import { sampleComments, sampleReplay } from '../../e2e/sample-replay.ts'

t.test('a server time has a place in its stretch, and none where something was left out', async t => {
  const stretches = [
    { atMs: 0, durationMs: 10_000, showAt: 1_000_000 },
    { atMs: 12_000, durationMs: 5000, showAt: 1_200_000 }
  ]
  t.equal(findPlace(stretches, 1_000_000), 0)
  t.equal(findPlace(stretches, 1_009_999), 9999)
  t.equal(findPlace(stretches, 1_010_000), undefined, 'the end belongs to what was left out')
  t.equal(findPlace(stretches, 1_203_000), 15_000)
  t.equal(findPlace(stretches, 999_999), undefined, 'before a trimmed beginning')
  t.equal(findPlace(stretches, 1_205_000), undefined, 'after a trimmed end')
})

t.test('silence is skipped where nobody speaks and no song plays, with a pause at both ends', async t => {
  const replay = sampleReplay('show', 100_000)
  t.same(silencesOf(replay), [
    { fromMs: 18_300, toMs: 19_700 },
    { fromMs: 85_300, toMs: 94_700 }
  ])
  t.same(silencesOf({ ...replay, speakers: [], items: [] }), [{ fromMs: 300, toMs: 99_700 }], 'a silent replay')
  t.same(
    silencesOf({
      durationMs: 10_000,
      items: [],
      speakers: [
        { person: { id: 'a', displayName: 'A', avatarUrl: null }, talkMs: 9000, spans: [[0, 9000]] },
        { person: { id: 'b', displayName: 'B', avatarUrl: null }, talkMs: 1000, spans: [[1000, 2000]] }
      ]
    }),
    [],
    'somebody else still speaks, and a short pause stays'
  )
})

t.test('cards of cut songs stay long enough to be read', async t => {
  const { items } = sampleReplay('show', 100_000)
  t.equal(itemIndexAt(items, 29_999), -1)
  t.equal(itemIndexAt(items, 30_000), 0, 'a song that is heard')
  t.equal(itemIndexAt(items, 45_000), -1)
  t.equal(itemIndexAt(items, 65_999), 1, 'a card of 2 s is shown for 6 s')
  t.equal(itemIndexAt(items, 66_000), -1)
})

t.test('the current chapter is the last that has begun', async t => {
  const chapters = [{ atMs: 0 }, { atMs: 5000 }]
  t.equal(currentIndex(chapters, 4999), 0)
  t.equal(currentIndex(chapters, 5000), 1)
  t.equal(currentIndex([{ atMs: 10 }], 5), -1)
})

t.test('a link names a place in whole seconds', async t => {
  t.equal(findLinkedPlace('?t=83'), 83_000)
  t.equal(findLinkedPlace('?via=follow&t=0'), 0)
  for (const wrong of ['', '?t=', '?t=-3', '?t=1e5', '?t=83.5', '?t=9999999']) {
    t.equal(findLinkedPlace(wrong), undefined, wrong)
  }
})

t.test('comments are loaded around the place, and the next page before it is needed', async t => {
  const all = sampleComments('show', 600_000)
  t.same(requestFor(null, 300_000), { fromMs: 180_000 })
  const first = withAnswer(null, { fromMs: 0 }, { items: all.slice(0, 3), nextCursor: 'more' })
  t.equal(requestFor(first, 0), null)
  t.equal(requestFor(first, 200_000), null, 'the last loaded comment is at 250 s')
  t.same(requestFor(first, 225_000), { fromMs: 0, cursor: 'more' })
  t.same(requestFor(first, 500_000), { fromMs: 380_000 }, 'a jump far ahead leaves out the pages between')
  const both = withAnswer(first, { fromMs: 0, cursor: 'more' }, { items: all.slice(3), nextCursor: null })
  t.same(both.comments, all)
  t.equal(requestFor(both, 599_000), null)
  const later = withAnswer(null, { fromMs: 380_000 }, { items: all.slice(4), nextCursor: null })
  t.same(requestFor(later, 100_000), { fromMs: 0 }, 'a jump back loads what is before the window')
})

t.test('a long window drops its oldest comments, and knows that they are gone', async t => {
  const [sample] = sampleComments('show', 600_000)
  const many = Array.from({ length: 400 }, (_, index) => ({ ...sample!, atMs: index * 1000 }))
  const more = Array.from({ length: 200 }, (_, index) => ({ ...sample!, atMs: 400_000 + index * 1000 }))
  const first = withAnswer(null, { fromMs: 0 }, { items: many, nextCursor: 'more' })
  const both = withAnswer(first, { fromMs: 0, cursor: 'more' }, { items: more, nextCursor: null })
  t.equal(both.comments.length, 500)
  t.equal(both.fromMs, 100_000)
  t.same(requestFor(both, 50_000), { fromMs: 0 })
})
