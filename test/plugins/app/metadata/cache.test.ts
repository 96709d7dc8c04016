import t from 'tap'
import { createMetadataCache } from '../../../../plugins/app/metadata/metadata-cache.ts'
import { cleanArtist, cleanSongs } from '../../../../plugins/app/metadata/untrusted-content.ts'
import { createParts, fakeRepository, foundArtist, foundSong, openStores } from './parts.ts'

const app = await openStores(t)

t.test('questions for one artist at the same time make one call', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.songs = [foundSong({ artist: 'Band', artistId: 'a' })]
  repository.artists.set('a', foundArtist({ about: 'A band' }))
  const gate = Promise.withResolvers<void>()
  repository.gate = gate.promise
  const { cards, addSong, answers } = await createParts(app, [repository])
  await addSong({ artist: 'Band', artistKey: 'key-many' })
  const views = Promise.all(Array.from({ length: 20 }, async () => await cards.get('key-many')))
  const songs = Promise.all(Array.from({ length: 20 }, async () => await answers.getArtist(repository, 'other artist')))
  gate.resolve()
  for (const { about } of await views) t.equal(about?.text, 'A band')
  await songs
  t.equal(repository.calls, 3, 'one for the song, one for each artist')
})

t.test('an unknown artist causes no call', async t => {
  const repository = fakeRepository('musicbrainz')
  const { cards } = await createParts(app, [repository])
  await t.rejects(cards.get('unknown'), { code: 'NOT_FOUND' })
  t.equal(repository.calls, 0)
})

t.test('an artist that fails is not asked for at each view', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.isDown = true
  const { cards, addSong, clock } = await createParts(app, [repository])
  await addSong({ title: 'Failing', artist: 'Band', artistKey: 'key-failing' })
  for (let n = 0; n < 5; n++) t.equal((await cards.get('key-failing')).about, null)
  t.equal(repository.calls, 1)
  clock.ms += 61_000
  await cards.get('key-failing')
  t.equal(repository.calls, 2)
})

t.test('a refresh waits for its turn, and leaves out a repository that is needed for long', async t => {
  const [repository, busy] = [fakeRepository('musicbrainz'), fakeRepository('lastfm')]
  for (const each of [repository, busy]) each.songs = [foundSong({ artist: 'Band', artistId: 'a band' })]
  const { cards, addSong } = await createParts(app, [repository, busy])
  const waits = [20, 5]
  repository.spareInMs = async () => waits.shift() ?? 0
  busy.spareInMs = async () => 600_000
  await addSong({ title: 'Refreshed', artist: 'Band', artistKey: 'key-refreshed' })
  await cards.refresh('key-refreshed', new AbortController().signal)
  t.same([repository.calls, busy.calls], [2, 0])
  repository.spareInMs = async () => 50_000
  const closing = new AbortController()
  const refreshing = cards.refresh('key-refreshed', closing.signal)
  closing.abort()
  await t.rejects(refreshing, { name: 'AbortError' })
})

t.test('an answer is as old as its question, however long it takes', async t => {
  const hourMs = 3_600_000
  const repository = fakeRepository('discogs', 6 * hourMs)
  repository.artists.set('slow', foundArtist({ about: 'A band' }))
  const gate = Promise.withResolvers<void>()
  repository.gate = gate.promise
  const { answers, clock } = await createParts(app, [repository])
  const asking = answers.getArtist(repository, 'slow')
  while (repository.calls === 0) await new Promise(setImmediate)
  clock.ms += hourMs
  gate.resolve()
  await asking
  clock.ms += 5 * hourMs - 1
  t.ok(await answers.findArtist(repository, 'slow'))
  clock.ms += 1
  t.equal(await answers.findArtist(repository, 'slow'), undefined)
})

t.test('after a crash between the object and its entry, the repository is asked again', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.songs = [foundSong({ title: 'Found' })]
  const { asker, addSong, service, entries, clock, songs } = await createParts(app, [repository])
  const crashing = createMetadataCache({
    storage: app.storage,
    entries: {
      find: entries.find,
      findMany: entries.findMany,
      put: async () => {
        throw new Error('crash')
      }
    },
    redis: null,
    log: app.log,
    nowMs: () => clock.ms
  })
  const subject = 'song ["Crashing",null,null,1]'
  await t.rejects(crashing.put('musicbrainz', subject, { fetchedAt: clock.ms, value: [] }, 60_000), /crash/)
  t.equal(await crashing.find('musicbrainz', subject), undefined)
  const { songId, ownerId } = await addSong({ title: 'Crashing' })
  await asker.run()
  t.match((await service.get(ownerId, songId)).proposals, [{ title: 'Found' }])
  // An entry whose object is gone is no answer either.
  for await (const { key } of app.storage.list('metadata/')) await app.storage.delete(key)
  const fresh = await createParts(app, [repository])
  t.equal((await fresh.service.get(ownerId, songId)).repositories[0]?.state, 'waiting')
  t.match(await songs.findOne({ _id: songId }), { askAt: new Date(0) }, 'it waits for its turn')
})

t.test('content that may be shown for hours only is removed within a day after', async t => {
  const repositories = [fakeRepository('musicbrainz'), fakeRepository('discogs', 6 * 3_600_000)]
  for (const repository of repositories) repository.songs = [foundSong({ title: 'Found' })]
  const { asker, addSong, cache, clock } = await createParts(app, repositories)
  for await (const { key } of app.storage.list('metadata/')) await app.storage.delete(key)
  await addSong({ title: 'Removed' })
  await asker.run()
  const sources = async () => {
    const found = new Set<string | undefined>()
    for await (const { key } of app.storage.list('metadata/')) found.add(key.split('/')[1])
    return [...found].sort()
  }
  await cache.removeOld()
  t.same(await sources(), ['discogs', 'musicbrainz'])
  clock.ms += 26 * 3_600_000
  await cache.removeOld()
  t.same(await sources(), ['musicbrainz'])
})

t.test('a song that was claimed by a server that died is asked for after the lease', async t => {
  const repository = fakeRepository('musicbrainz')
  const { asker, addSong, questions, clock } = await createParts(app, [repository])
  const { ownerId } = await addSong({ title: 'Claimed' })
  t.ok(await questions.claim(90_000, ownerId))
  t.equal(await questions.claim(90_000, ownerId), null)
  clock.ms += 90_001
  t.equal(await asker.run(ownerId), 1)
  t.same(await questions.countProgress(ownerId), { asked: 1, total: 1 })
})

t.test('hostile texts and addresses are cleaned', async t => {
  const long = 'x'.repeat(100_000)
  const [song] = cleanSongs([
    foundSong({
      title: 'A\u202e\nsong\u0000',
      artist: ' \u200b ',
      album: long,
      year: 94.5,
      link: 'javascript:alert(1)',
      url: 'https://user:secret@example.com/',
      artistId: long,
      score: Number.NaN
    })
  ])
  t.match(song, { title: 'A song', artist: null, year: null, link: null, url: null, artistId: null, score: 0 })
  t.equal(song?.album?.length, 200)
  t.equal(cleanSongs(Array.from({ length: 1000 }, () => foundSong({}))).length, 20)
  const artist = cleanArtist(
    foundArtist({
      name: 'A\u2066band',
      about: `One\r\ntwo\u0007 \u202e${long}`,
      genres: Array.from({ length: 1000 }, () => 'rock'),
      beginYear: 10_000,
      links: [
        { label: '', address: 'https://example.com/a' },
        { label: 'Data', address: 'data:text/html,x' },
        { label: 'Long', address: `https://example.com/${long}` }
      ]
    })
  )
  t.match(artist, { name: /^A ?band$/, beginYear: null, genres: { length: 10 } })
  t.ok(
    artist.about?.startsWith('One\ntwo') &&
      artist.about.length <= 2000 &&
      !artist.about.includes('\u202e') &&
      !artist.about.includes('\u0007')
  )
  t.same(artist.links, [{ label: 'example.com', address: 'https://example.com/a' }])
})
