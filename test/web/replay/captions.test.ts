import t from 'tap'
import { toWebVtt } from '../../../plugins/app/transcripts/captions.ts'
import { cuesAt, parseCaptions } from '../../../web/src/replay/captions.ts'

t.test('the captions that the server writes are read back', async t => {
  const cues = [
    { from: 500, to: 2000, name: 'Mira <3 & co', lines: ['Is 3 < 4', '& 5 > 4?'] },
    { from: 1500, to: 3000, name: '', lines: ['Yes.'] },
    { from: 3_723_004, to: 3_725_000, name: 'Jonas', lines: ['One hour later.'] }
  ]
  const parsed = parseCaptions(toWebVtt(cues))
  t.same(
    parsed,
    cues.map(({ from, to, name, lines }) => ({ fromMs: from, toMs: to, name, text: lines.join(' ') }))
  )
  t.same(
    cuesAt(parsed, 1700).map(({ text }) => text),
    ['Is 3 < 4 & 5 > 4?', 'Yes.'],
    'people speak at the same time'
  )
  t.same(cuesAt(parsed, 3000), [], 'the end does not belong to a cue')
})

t.test('other valid files are read, and blocks without a cue are left out', async t => {
  const file = [
    '\ufeffWEBVTT - a title',
    'NOTE nothing here',
    'STYLE\n::cue { color: red }',
    '7\n00:01.000 --> 00:02.500 align:start position:10%\n<v.loud Ana>Hi &amp; <i>bye</i> &unknown;',
    '00:05.000 -> 00:06.000\nno arrow'
  ].join('\r\n\r\n')
  t.same(parseCaptions(file), [{ fromMs: 1000, toMs: 2500, name: 'Ana', text: 'Hi & bye &unknown;' }])
  t.same(parseCaptions(''), [])
})
