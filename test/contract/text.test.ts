import fc from 'fast-check'
import t from 'tap'
import { countBytes, countGraphemes, leadingGraphemes, textLength } from '../../contract/graphemes.ts'
import { cleanText, textError, type TextRule } from '../../contract/text.ts'

const title: TextRule = { min: 1, max: 5, multiline: false }
const comment: TextRule = { min: 1, max: 5, multiline: true }
const description: TextRule = { min: 0, max: 5, multiline: true }

const family = '👨‍👩‍👧‍👦'
const decomposed = 'e\u0301'

t.test('texts are normalized to NFC, trimmed, with one kind of line break', async t => {
  t.equal(cleanText(`  ${decomposed}t${decomposed} \u00a0\n`), 'été')
  t.equal(cleanText('one\r\ntwo'), 'one\ntwo')
  t.equal(cleanText('\tone\ttwo\t'), 'one two', 'a tab is a space')
})

t.test('length is counted in graphemes', async t => {
  for (const one of [family, '🇳🇵', decomposed, '👍🏽', '한', 'क्षि']) t.equal(countGraphemes(one), 1, one)
  t.equal(textError('👍'.repeat(5), title), null)
  t.match(textError('👍'.repeat(6), title), /at most 5 characters/)
  t.equal(countGraphemes('a'.repeat(1_000_000), 6), 6, 'counting stops at the limit')
})

t.test('bytes are limited to four for each grapheme that a text may have', async t => {
  t.equal(countBytes(`aé한👍${family}`), 1 + 2 + 3 + 4 + 25)
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => countBytes(text) === Buffer.byteLength(text)))
  const rule: TextRule = { min: 1, max: 50, multiline: false }
  t.equal(textError(family.repeat(8), rule), null, '200 bytes')
  t.match(textError(`${family.repeat(8)}a`, rule), /at most 200 bytes/)
  t.match(textError(family.repeat(50), rule), /at most 200 bytes/)
  t.match(textError(`a${'\u200d'.repeat(1000)}`, rule), /at most 200 bytes/, 'one grapheme of 3,001 bytes')
  t.equal(textError('한'.repeat(50), rule), null)
})

t.test('the length of a text is what it uses of its limit', async t => {
  t.equal(textLength('a'.repeat(7)), 7)
  t.equal(textLength('👍'.repeat(7)), 7)
  t.equal(textLength(family.repeat(8)), 50)
  t.equal(textLength(`${family.repeat(8)}a`), 51)
})

t.test('a text is shortened to its limit, between two graphemes', async t => {
  t.equal(leadingGraphemes('abcdef', 5), 'abcde')
  t.equal(leadingGraphemes(`ab${decomposed}`, 3), `ab${decomposed}`)
  t.equal(leadingGraphemes(family.repeat(50), 50), family.repeat(8))
  t.equal(leadingGraphemes(`a${'\u200d'.repeat(1000)}b`, 50), '', 'the first grapheme is too large')
})

t.test('an empty text is valid only where the rule allows it', async t => {
  t.equal(textError('', description), null)
  t.ok(textError('', title))
})

t.test('a text without a visible character is rejected', async t => {
  for (const [name, text] of Object.entries({
    'zero width space': '\u200b',
    joiner: '\u200d',
    'combining mark': '\u0301',
    'soft hyphen': '\u00ad',
    'Hangul filler': '\u3164',
    'blank Braille': '\u2800',
    unassigned: '\u0378'
  })) {
    t.match(textError(text, title), /can be seen/, name)
    t.equal(textError(`a${text}`, title), null, `${name} beside a visible character`)
  }
})

t.test('control characters are rejected, and line breaks in single-line texts', async t => {
  for (const text of ['a\0b', 'a\tb', 'a\u001bb', 'a\u0085b', 'a\rb']) {
    t.match(textError(text, title), /control/)
    t.match(textError(text, comment), /control/)
  }
  t.match(textError('a\nb', title), /control/)
  t.equal(textError('a\nb', comment), null)
})

t.test('characters that override the text direction are rejected', async t => {
  for (const override of ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']) {
    t.match(textError(`a${override}b`, title), /direction/)
  }
  t.equal(textError('שלום', title), null, 'right-to-left letters are accepted')
})

t.test('cleaning removes characters that override the text direction, as copied numbers have them', async t => {
  for (const [start, end] of [
    ['\u202a', '\u202c'],
    ['\u202b', '\u202c'],
    ['\u202d', '\u202c'],
    ['\u202e', '\u202c'],
    ['\u2066', '\u2069'],
    ['\u2067', '\u2069'],
    ['\u2068', '\u2069']
  ] as const) {
    t.equal(cleanText(`call ${start}+1 555${end}`), 'call +1 555')
  }
  t.equal(cleanText(' \u202e \u202c '), '', 'spaces between them are trimmed')
  t.equal(cleanText('e\u202a\u0301'), 'é', 'the rest is composed')
  t.equal(cleanText('שלום\u200f!'), 'שלום\u200f!', 'marks of one place stay')
})

t.test('letters with too many combining marks are rejected', async t => {
  const marks = (count: number) => '\u0335\u0489'.repeat(count / 2)
  for (const heap of [`Z${marks(10)}`, `Z${marks(8)}\u200d${marks(8)}`]) {
    t.match(textError(heap, title), /marks/)
    t.match(textError(`a\n${heap}`, comment), /marks/)
  }
  for (const word of ['Tiếng', 'בְּרֵאשִׁ֖ית', 'བསྒྲུབས', 'ปี่', 'क्षि', 'ٱللَّهِ', '1\ufe0f\u20e3', family]) {
    t.notMatch(textError(cleanText(word), { ...title, max: 50 }), /marks/, word)
  }
})

t.test('many combining marks are rejected before they are normalized', async t => {
  const halfOfABody = 250_000
  // Each mark of the second kind belongs before all of the first.
  const heap = `a${'\u0301'.repeat(halfOfABody)}${'\u0316'.repeat(halfOfABody)}`
  t.match(textError(cleanText(heap), comment), /marks/)
  // These two become marks where texts are made searchable.
  for (const mark of ['\uff9e', '\uff9f']) t.match(textError(cleanText(`か${mark.repeat(9)}`), comment), /marks/)
  t.equal(textError(cleanText('ｶﾞｷﾞﾊﾟ'), title), null)
})

t.test('a lone surrogate is rejected', async t => t.match(textError('a\ud83d', title), /well-formed/))

t.test('every accepted text is clean and does not change when cleaned again', async t => {
  const texts = fc.string({
    unit: fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
      { weight: 2, arbitrary: fc.constantFrom('\r', '\n', ' ', '\u0301', '\u202e', '\u200d', family) }
    )
  })
  fc.assert(
    fc.property(texts, text => {
      const clean = cleanText(text)
      if (textError(clean, comment) !== null) return
      t.equal(cleanText(clean), clean)
      t.ok(
        clean.isWellFormed() &&
          clean === clean.normalize('NFC') &&
          !/[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u.test(clean)
      )
      t.ok([...new Intl.Segmenter().segment(clean)].length <= comment.max)
    })
  )
})
