import t from 'tap'
import { segmentsOfAudio } from '../../../../plugins/app/transcripts/spoken-segments.ts'
import type { TranscribedWord } from '../../../../plugins/app/transcripts/transcriber.ts'

const word = (text: string, from: number, fields: Partial<TranscribedWord> = {}): TranscribedWord => ({
  text,
  from,
  to: from + 300,
  isAttached: false,
  endsSentence: false,
  ...fields
})
const stop = (at: number) => word('.', at, { to: at, isAttached: true, endsSentence: true })
const audio = (words: TranscribedWord[], space = ' ') => ({ words, space, language: 'en', topics: new Map() })

t.test('a sentence is a segment, on the clock of the server', async t => {
  const words = [word('Good', 0), word('evening', 400), stop(700), word('Hello', 1000), stop(1300)]
  t.same(segmentsOfAudio(audio(words), [[0, 50_000]]), [
    { from: 50_000, to: 50_700, text: 'Good evening.' },
    { from: 51_000, to: 51_300, text: 'Hello.' }
  ])
})

t.test('a pause that was not sent ends a segment', async t => {
  const words = [word('Well', 0), word('then', 1300)]
  t.same(
    segmentsOfAudio(audio(words), [
      [0, 0],
      [1300, 60_000]
    ]),
    [
      { from: 0, to: 300, text: 'Well' },
      { from: 60_000, to: 60_300, text: 'then' }
    ]
  )
})

t.test('languages without spaces, and attached words', async t => {
  t.match(segmentsOfAudio(audio([word('今日', 0), word('は', 300)], ''), [[0, 0]]), [{ text: '今日は' }])
  t.match(segmentsOfAudio(audio([word('5', 0), word('%', 300, { isAttached: true })]), [[0, 0]]), [{ text: '5%' }])
})

t.test('long sentences are split', async t => {
  const words = Array.from({ length: 200 }, (_, n) => word(`word${n}`, n * 400))
  const segments = segmentsOfAudio(audio(words), [[0, 0]])
  t.ok(segments.length > 5)
  for (const { from, to, text } of segments) t.ok(text.length <= 200 && to - from <= 16_000)
  t.equal(segments.map(({ text }) => text).join(' '), words.map(({ text }) => text).join(' '))
})

t.test('what may not be shown is left out', async t => {
  const words = [word('\u0000', 0), stop(300), word('a\u202eb\nc', 1000), stop(1300), word('x'.repeat(5000), 2000)]
  const texts = segmentsOfAudio(audio(words), [[0, 0]]).map(({ text }) => text)
  t.match(texts[1], /^a b c\.$/)
  t.ok(texts.every(text => text.length <= 200))
})
