import t from 'tap'
import { readNamedSong } from '../../../../../plugins/app/metadata/repositories/named-song.ts'
import {
  nameOfDiscogs,
  textOfDiscogs,
  textOfHtml
} from '../../../../../plugins/app/metadata/repositories/plain-text.ts'
import { yearOf } from '../../../../../plugins/app/metadata/repositories/years.ts'

t.test('HTML becomes plain text', async t => {
  t.equal(
    textOfHtml('One &amp; <b>two</b>.<br/>Three<br>&#39;four&#x27; &quot;five&quot;'),
    'One & two.\nThree\n\'four\' "five"'
  )
  t.equal(textOfHtml('&unknown; &#0; &#1114112; &#xd800;'), '&unknown; &#0; &#1114112; \ufffd')
  t.equal(textOfHtml('<img src=x onerror="alert(1)">text'), 'text')
  const startedAtMs = performance.now()
  textOfHtml('<'.repeat(1_000_000))
  t.ok(performance.now() - startedAtMs < 200, 'a hostile text takes no time')
})

t.test('markup of Discogs becomes plain text', async t => {
  const names = new Map([['a12', 'Orbit & Signal']])
  t.equal(
    textOfDiscogs(
      '[b]Bold[/b] and [i]light[/i]: [a12], [a=12], [a13], [a=Velvet (2)], [l=A label].\r\nNew line',
      names
    ),
    'Bold and light: Orbit & Signal, Orbit & Signal, …, Velvet, A label.\nNew line'
  )
  t.equal(
    textOfDiscogs('[url=https://a.example/]A page[/url], [url=https://b.example/][/url]'),
    'A page, https://b.example/'
  )
  t.equal(textOfDiscogs('Songs [of any kind]'), 'Songs [of any kind]', 'other brackets stay')
  t.equal(nameOfDiscogs('Velvet (2)'), 'Velvet')
  t.equal(nameOfDiscogs('Velvet*'), 'Velvet')
  t.equal(nameOfDiscogs('Song (1999)'), 'Song')
  t.equal(nameOfDiscogs('(2)'), '(2)')
})

t.test('names of files are read carefully', async t => {
  const read = (title: string, artist: string | null = null) => {
    const found = readNamedSong({ title, artist, album: null, durationMs: 0 })
    return [found.artist, found.title]
  }
  t.same(read('Artist - Title'), ['Artist', 'Title'])
  t.same(read('01. Artist – Title - Live'), ['Artist', 'Title - Live'])
  t.same(read('Self-Titled'), [null, 'Self-Titled'], 'a hyphen inside a word separates nothing')
  t.same(read('Artist - Title', 'artist'), ['artist', 'Title'])
  t.same(read('Part One - Title', 'Artist'), ['Artist', 'Part One - Title'])
  t.same(read('1999'), [null, '1999'])
  t.same(read('99 Red Balloons'), [null, '99 Red Balloons'])
  t.same(read('03'), [null, '03'])
})

t.test('years of dates', async t => {
  t.same(['1994', '1994-05', '1994-05-02', '0000', '', 'about 1994', '19945', undefined, null].map(yearOf), [
    1994,
    1994,
    1994,
    null,
    null,
    null,
    null,
    null,
    null
  ])
})
