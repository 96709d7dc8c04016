import fc from 'fast-check'
import t from 'tap'
import { cuesOf, toWebVtt, type Caption } from '../../../../plugins/app/transcripts/captions.ts'

const caption = (from: number, to: number, text: string, name = 'Ana'): Caption => ({ from, to, name, text })

t.test('writes captions as WebVTT with the names of speakers', async t => {
  const captions = [caption(3_661_500, 3_663_000, 'Second.', 'Ben'), caption(0, 1200, 'First.')]
  t.equal(
    toWebVtt(cuesOf(captions)),
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.200\n<v Ana>First.\n\n01:01:01.500 --> 01:01:03.000\n<v Ben>Second.\n'
  )
  t.equal(toWebVtt([]), 'WEBVTT\n')
})

t.test('keeps markup, arrows and empty lines of texts and names out of the file', async t => {
  const text = 'a <b>bold</b> & "quoted"\n\n00:01 --> 00:02'
  t.equal(
    toWebVtt(cuesOf([caption(0, 1000, text, 'A >\n& B')])),
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n' +
      '<v A &gt; &amp; B>a &lt;b&gt;bold&lt;/b&gt; &amp; "quoted" 00:01 --&gt; 00:02\n'
  )
  t.match(toWebVtt(cuesOf([caption(0, 1000, 'Hello', ' ')])), /\nHello\n$/, 'a person without a name')
})

t.test('splits a long text at words, and its time by length', async t => {
  const text = 'word '.repeat(60).trim()
  const cues = cuesOf([caption(1000, 21_000, text)])
  t.ok(cues.length >= 4)
  t.equal(cues[0]?.from, 1000)
  t.equal(cues.at(-1)?.to, 21_000)
  t.same(cues.flatMap(({ lines }) => lines).join(' '), text)
  for (const [n, { from }] of cues.entries()) if (n > 0) t.equal(from, cues[n - 1]?.to)
})

t.test('splits a sentence without spaces between characters', async t => {
  const text = '今日は👩‍👩‍👧'.repeat(20)
  const lines = cuesOf([caption(0, 5000, text)]).flatMap(cue => cue.lines)
  t.equal(lines.join(''), text)
  for (const line of lines) t.match(line, /^(?!\u200d)/u, 'no emoji is split')
})

t.test('cues are in order, short, and parse as WebVTT, whatever was said', async () => {
  const captions = fc.array(
    fc.record({
      from: fc.nat(100_000_000),
      to: fc.nat(100_000_000),
      name: fc.string({ unit: 'grapheme', maxLength: 60 }),
      text: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.constantFrom('-->', '\n\n', '<v X>', '&lt;'))
    }),
    { maxLength: 20 }
  )
  fc.assert(
    fc.property(captions, captions => {
      const cues = cuesOf(captions)
      let lastMs = 0
      for (const { from, to, lines } of cues) {
        if (from < lastMs || to <= from || to - from > 7000) return false
        if (lines.length > 2 || lines.some(line => line.length > 42 || line.trim() === '')) return false
        lastMs = from
      }
      const blocks = toWebVtt(cues).trimEnd().split('\n\n')
      if (blocks.shift() !== 'WEBVTT' || blocks.length !== cues.length) return false
      return blocks.every(block => {
        const [times, ...lines] = block.split('\n')
        if (!/^\d{2,}:\d\d:\d\d\.\d{3} --> \d{2,}:\d\d:\d\d\.\d{3}$/.test(times ?? '')) return false
        const text = lines.join('\n').replace(/^<v [^<>\n]+>/, '')
        return lines.length >= 1 && lines.length <= 2 && !/[<>]/.test(text)
      })
    })
  )
})
