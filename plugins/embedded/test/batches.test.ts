import t from 'tap'
import { Cursor } from '../store/cursors.ts'

/** Yields documents, each of which takes some time to find. */
function* slowly(count: number, eachMs: number): Generator<Uint8Array> {
  for (let n = 0; n < count; n++) {
    const until = performance.now() + eachMs
    while (performance.now() < until);
    yield Uint8Array.of(n)
  }
}

t.test('a batch ends when its time is over, and the next one continues', async t => {
  const cursor = new Cursor('db.things', slowly(40, 3))
  const batches: number[][] = []
  while (!cursor.isExhausted) batches.push(cursor.take(Infinity).flatMap(bytes => [...bytes]))
  t.ok(batches.length > 1, `${batches.length} batches`)
  t.same(
    batches.flat(),
    Array.from({ length: 40 }, (_, n) => n)
  )
})

t.test('a single batch has no time limit, and a batch has at least one document', async t => {
  t.equal(new Cursor('db.things', slowly(20, 3)).take(Infinity, Infinity).length, 20)
  t.equal(new Cursor('db.things', slowly(2, 30)).take(Infinity).length, 1)
})
