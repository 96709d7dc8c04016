import t from 'tap'
import { hasLink } from '../../../../plugins/app/comments/link-finder.ts'
import { createWordFilter } from '../../../../plugins/app/http/word-filter.ts'

t.test('a blocked word is found whatever its case, accents, width and separators are', async t => {
  const filter = createWordFilter(['Badword', 'straße', 'ΑΣ'])
  for (const text of [
    'badword',
    'Such a BADWORD!',
    'bádwörd',
    'ｂａｄｗｏｒｄ',
    'b.a.d.w.o.r.d',
    'b a d w o r d',
    'a b-a-d word? bad-word',
    'bad\u200bword',
    'b\u200b\u3099a\u093edw\u0301\u0302ord',
    '(badword)',
    'STRASSE',
    'ας'
  ]) {
    t.equal(filter.finds(text), true, text)
  }
  for (const text of ['badwords', 'abadword', 'bad word', '', '...', 'strass', '\u200b']) {
    t.equal(filter.finds(text), false, text)
  }
})

t.test('an entry with a star is the beginning of words, and no entry is a pattern', async t => {
  const filter = createWordFilter(['spam*', '.*', '*', '(a+)+$', ' ', '[x]'])
  for (const text of ['spam', 'Spammer', 's.p.a.m.m.e.r', 'x']) t.equal(filter.finds(text), true, text)
  for (const text of ['antispam', 'spa', 'hello', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!']) {
    t.equal(filter.finds(text), false, text)
  }
})

t.test('words of scripts without spaces are found inside of longer text', async t => {
  const filter = createWordFilter(['ばか', '垃圾'])
  t.equal(filter.finds('あなたはばかです'), true)
  t.equal(filter.finds('这是垃圾信息'), true)
  t.equal(filter.finds('こんにちは'), false)
})

t.test('vowel signs and sound marks tell words apart, other than accents', async t => {
  const filter = createWordFilter(['काम', 'ばか', 'שלום', 'สวัสดี'])
  for (const text of ['यह काम है', 'こいつはばかだ', 'שָׁלוֹם', 'สวัสดีครับ']) t.equal(filter.finds(text), true, text)
  for (const text of ['कम', 'कीमत', 'क म', 'はかまいり', 'สวส']) t.equal(filter.finds(text), false, text)
})

t.test('links are found with and without https, and ordinary text has none', async t => {
  for (const text of ['https://example.org/x', 'see (example.com), ok', 'WWW.EXAMPLE.ORG', 'x http://10.0.0.1']) {
    t.equal(hasLink(text), true, text)
  }
  for (const text of ['Hello. How are you?', 'e.g. this...', '12:30', '3.5 stars', 'me@example.org', ': .']) {
    t.equal(hasLink(text), false, text)
  }
})

t.test('the time to check a text grows with its length only', async t => {
  const filter = createWordFilter([
    ...Array.from({ length: 500 }, (_, n) => `word${n}`),
    ...Array.from({ length: 500 }, (_, n) => `${'start'.repeat(1 + (n % 9))}${n}*`)
  ])
  const hostile = ['a '.repeat(1000), 'a.'.repeat(1000), `${'start'.repeat(400)}`, '. '.repeat(1000)]
  const texts = ['What a nice show, I came from the other side of town. Hello to everybody!', ...hostile]
  for (const text of texts) {
    const before = process.cpuUsage()
    for (let n = 0; n < 300; n++) filter.finds(text)
    const { user, system } = process.cpuUsage(before)
    const eachUs = (user + system) / 300
    t.comment(`${text.length} characters: ${eachUs.toFixed(1)} µs`)
    // Measured: 6 µs for the ordinary text, at most 600 µs for the others.
    t.ok(eachUs < 50_000)
  }
})
