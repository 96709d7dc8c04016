import t from 'tap'
import type { SongQuestion } from '../../../../../plugins/app/metadata/metadata-repository.ts'
import { queryOf } from '../../../../../plugins/app/metadata/repositories/musicbrainz.ts'
import { startDiscogsStandIn } from '../../../../standins/discogs/server.ts'
import { startLastfmStandIn } from '../../../../standins/lastfm/server.ts'
import { mbidOf, startMusicBrainzStandIn } from '../../../../standins/musicbrainz/server.ts'
import { configureRepositories, signal } from './configured.ts'

const ask = (title: string, artist: string | null = null, more: Partial<SongQuestion> = {}): SongQuestion => ({
  title,
  artist,
  album: null,
  durationMs: 0,
  ...more
})
const noLimit = { calls: 1000, windowMs: 1000 }

t.test('repositories are created in the order of the setting', async t => {
  const settings = {
    METADATA_SOURCES: 'lastfm, tags,musicbrainz,discogs',
    METADATA_CONTACT: 'operator@ambient.example',
    LASTFM_API_KEY: 'key',
    DISCOGS_TOKEN: 'token'
  }
  const { repositories } = configureRepositories(settings)
  t.same(
    repositories.map(({ name, showForMs }) => [name, showForMs]),
    [
      ['lastfm', null],
      ['tags', null],
      ['musicbrainz', null],
      ['discogs', 6 * 3_600_000]
    ]
  )
  t.same(
    configureRepositories({}).repositories.map(({ name }) => name),
    ['tags']
  )
})

t.test('tags read artist and title from the name of a file', async t => {
  const { repository } = configureRepositories({})
  const [found] = await repository.find(ask('03 - The Quiet Lanterns - First Light'), signal())
  t.match(found, { title: 'First Light', artist: 'The Quiet Lanterns', album: null, url: null, score: 0.5 })
  t.same(await repository.find(ask('99 Red Balloons', 'Somebody'), signal()), [], 'a number may belong to the title')
  t.match(await repository.find(ask('07 Low Tide', 'Somebody'), signal()), [{ title: 'Low Tide', artist: 'Somebody' }])
  t.equal(await repository.artist('any', signal()), null)
  t.equal(await repository.spareInMs(), 0)
})

t.test('MusicBrainz', async t => {
  const standIn = await startMusicBrainzStandIn()
  t.teardown(async () => await standIn.close())
  standIn.state.limit = noLimit
  const { repository } = configureRepositories(standIn.settings)

  await t.test('finds a song, its first official album, and where it can be heard', async t => {
    const question = ask('first light', 'Quiet Lanterns', { durationMs: 221_500 })
    const [found, ...others] = await repository.find(question, signal())
    t.same(found, {
      title: 'First Light',
      artist: 'The Quiet Lanterns',
      album: 'Paper Moons',
      year: 1994,
      link: 'https://music.example.org/song/1',
      url: `https://musicbrainz.org/recording/${mbidOf('a', 1)}`,
      artistId: mbidOf('a', 11),
      score: 1
    })
    t.same(others, [])
    const agent = standIn.state.calls[0]?.headers['user-agent']
    t.match(agent, /^Ambient\/\d+\.\d+\.\d+ \(operator@ambient\.example\)$/, 'the user agent names a contact')
  })

  await t.test('escapes what has a meaning in queries', async t => {
    const title = 'What? [Part 1/2] & "Why"'
    const [found] = await repository.find(ask(title, 'AC/DC (of Harbour): "Live" + more?'), signal())
    t.match(found, { title, album: 'Signs', year: 1984 })
    t.equal(queryOf({ title: String.raw`a"b\c`, artist: null }), String.raw`recording:"a\"b\\c"`)
  })

  await t.test('reads the artist of a file named `Artist - Title`', async t => {
    const [found] = await repository.find(ask('Orbit & Signal - Night Bus'), signal())
    t.match(found, { title: 'Night Bus', artist: 'Orbit & Signal', year: 2005 })
  })

  await t.test('returns an artist with its links and genres', async t => {
    t.same(await repository.artist(mbidOf('a', 11), signal()), {
      name: 'The Quiet Lanterns',
      url: `https://musicbrainz.org/artist/${mbidOf('a', 11)}`,
      about: null,
      genres: ['shoegaze', 'dream pop'],
      area: 'Meadow City',
      beginYear: 1991,
      endYear: null,
      links: [
        { label: 'official homepage', address: 'https://artist.example.org/' },
        { label: 'bandcamp', address: 'https://artist.bandcamp.example/' }
      ]
    })
    t.equal(await repository.artist(mbidOf('f', 99), signal()), null, 'no such artist')
    const calls = standIn.state.calls.length
    t.equal(await repository.artist('../artist?x', signal()), null, 'not an id')
    t.equal(standIn.state.calls.length, calls, 'nothing was asked')
  })

  t.same(await repository.find(ask('Unheard of', 'Nobody'), signal()), [])
})

t.test('Discogs', async t => {
  const standIn = await startDiscogsStandIn()
  t.teardown(async () => await standIn.close())
  const { repository } = configureRepositories(standIn.settings)

  await t.test('finds a song with the id of its artist', async t => {
    const [found] = await repository.find(ask('Amber', 'Velvet', { durationMs: 244_000 }), signal())
    t.same(found, {
      title: 'Amber',
      artist: 'Velvet',
      album: 'Amber',
      year: 1979,
      link: null,
      url: 'https://www.discogs.com/master/503-A-page',
      artistId: '13',
      score: 1
    })
  })

  await t.test('finds a song that is a part of a work', async t => {
    const [found] = await repository.find(ask('Low Tide', 'The Quiet Lanterns', { durationMs: 187_000 }), signal())
    t.match(found, { title: 'Low Tide', album: 'Paper Moons', score: 1 })
  })

  await t.test('finds a work that has parts', async t => {
    const [found] = await repository.find(ask('A suite', 'The Quiet Lanterns'), signal())
    t.match(found, { title: 'A suite', album: 'Paper Moons', score: 1 })
  })

  await t.test('looks for a release when there is no master', async t => {
    const [found] = await repository.find(ask('Night Bus', 'Orbit & Signal'), signal())
    t.match(found, { album: 'Night Bus', url: 'https://www.discogs.com/release/502-A-page', artistId: '12' })
    t.same(
      standIn.state.calls.slice(-3).map(({ url }) => new URL(url, 'http://any').pathname),
      ['/database/search', '/database/search', '/releases/502']
    )
  })

  await t.test('returns an artist as plain text', async t => {
    t.same(await repository.artist('13', signal()), {
      name: 'Velvet',
      url: 'https://www.discogs.com/artist/13-A-page',
      about: 'Velvet played with Velvet and Orbit & Signal on A label (…).\nSee their page.',
      genres: [],
      area: null,
      beginYear: null,
      endYear: null,
      links: [
        { label: 'artist.example.org', address: 'https://artist.example.org/' },
        { label: 'music.example.org', address: 'https://www.music.example.org/artist' }
      ]
    })
    t.equal(await repository.artist('0', signal()), null)
    t.equal(await repository.artist('13/releases', signal()), null)
  })

  t.same(await repository.find(ask('Unheard of', 'Nobody'), signal()), [])
  t.ok(standIn.state.calls.every(({ headers }) => headers.authorization === `Discogs token=${standIn.state.token}`))
  t.notOk(
    standIn.state.calls.some(({ url }) => url.includes(standIn.state.token)),
    'the token is in no address'
  )
})

t.test('Last.fm', async t => {
  const standIn = await startLastfmStandIn()
  t.teardown(async () => await standIn.close())
  standIn.state.limit = noLimit
  const { repository } = configureRepositories(standIn.settings)

  await t.test('finds a song by artist and title', async t => {
    const [found] = await repository.find(ask('First light', 'The Quiet Lanterns', { durationMs: 221_000 }), signal())
    t.same(found, {
      title: 'First Light',
      artist: 'The Quiet Lanterns',
      album: 'Paper Moons',
      year: null,
      link: null,
      url: 'https://www.last.fm/music/The%20Quiet%20Lanterns/_/First%20Light',
      artistId: 'The Quiet Lanterns',
      score: 1
    })
    t.same(await repository.find(ask('Unheard of', 'Nobody'), signal()), [], 'error 6 is no failure')
  })

  await t.test('searches by the title alone, which is less certain', async t => {
    const [found] = await repository.find(ask('Low Tide'), signal())
    t.match(found, { title: 'Low Tide', artist: 'The Quiet Lanterns', album: null, score: 0.6 })
  })

  await t.test('returns an artist as plain text, without its placeholder picture', async t => {
    t.same(await repository.artist('the quiet lanterns', signal()), {
      name: 'The Quiet Lanterns',
      url: 'https://www.last.fm/music/The%20Quiet%20Lanterns',
      about: 'The Quiet Lanterns make songs & sounds. They said "hello".',
      genres: ['dream pop', 'shoegaze'],
      area: null,
      beginYear: null,
      endYear: null,
      links: []
    })
    t.match(await repository.artist('Orbit & Signal', signal()), { genres: ['electronic'] }, 'a list with one item')
    t.equal(await repository.artist('Nobody', signal()), null)
  })

  await t.test('an empty element is an empty string', async t => {
    t.match(await repository.find(ask('Amber', 'Velvet'), signal()), [{ title: 'Amber', album: null }])
    t.match(await repository.artist('Artist 200', signal()), { name: 'Artist 200', about: null, genres: [] })
  })
})
