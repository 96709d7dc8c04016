import t from 'tap'
import { changedFields, listFields, summarizeValues } from '../../../web/src/library/proposed-fields.ts'
import { findTypedError, patchOf } from '../../../web/src/library/details/typed-fields.ts'
import { isWebAddress, noticesOf, sourcesOf } from '../../../web/src/metadata/sources.ts'
import { sampleProposal, sampleSong } from './sample-songs.ts'

const song = sampleSong({ album: 'Evenings', year: 1994 })
const proposal = sampleProposal({ title: 'Take three', year: 1994, link: 'https://quiet-band.example/3' })

t.test('a proposal changes the fields whose value differs', async t => {
  const changed = changedFields(song, proposal)
  t.same(changed, ['title', 'artist', 'link'])
  t.equal(listFields(changed), 'Title, artist and link')
  t.equal(listFields(['year']), 'Year')
  t.equal(summarizeValues(proposal, changed), 'Take three · A Quiet Band · link')
})

const typed = { title: 'Take 3', artist: '', album: 'Evenings', year: '1994', link: '' }

t.test('the form sends the fields that were changed', async t => {
  t.same(patchOf(song, typed), {})
  t.same(patchOf(song, { ...typed, artist: ' A Quiet Band ', album: '', year: '2001' }), {
    artist: 'A Quiet Band',
    album: null,
    year: 2001
  })
  t.same(patchOf(song, { ...typed, year: '', link: 'https://a.example/' }), { year: null, link: 'https://a.example/' })
})

t.test('the form says what cannot be saved', async t => {
  t.equal(findTypedError(typed), null)
  t.match(findTypedError({ ...typed, title: ' ' }), 'title')
  for (const year of ['94', '1994.5', 'soon', '3000', '-1994']) {
    t.match(findTypedError({ ...typed, year }), 'four digits', year)
  }
  for (const link of ['javascript:alert(1)', 'example.org', 'https://', 'ftp://a.example']) {
    t.match(findTypedError({ ...typed, link }), 'must start', link)
  }
})

t.test('only addresses of the web become links', async t => {
  t.ok(isWebAddress('https://a.example/x?y'))
  t.ok(isWebAddress('http://a.example'))
  for (const address of ['javascript:alert(1)', 'data:text/html,x', ' https://a.example', 'https:a', 'spotify:1']) {
    t.notOk(isWebAddress(address), address)
  }
})

t.test('each notice of a repository is shown once', async t => {
  t.same(noticesOf(['tags', 'musicbrainz']), [])
  t.equal(noticesOf(['discogs', 'discogs', 'lastfm']).length, 2)
  t.match(noticesOf(['discogs'])[0], 'not affiliated')
})

t.test('the notices of a song are those of its proposals and of the values it has', async t => {
  const { fetchedAt } = proposal
  const artist = { source: 'discogs', url: null, fetchedAt } as const
  const title = { source: 'owner', url: null, fetchedAt } as const
  t.same(sourcesOf({ sources: { artist, title }, proposals: [] }), ['discogs'])
  t.same(sourcesOf({ sources: { title }, proposals: [proposal] }), ['discogs'])
})
