import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { RepositoryUnavailable } from '../../../../plugins/app/metadata/metadata-repository.ts'
import { createParts, fakeRepository, foundArtist, foundSong, openStores } from './parts.ts'

const app = await openStores(t)
const hourMs = 3_600_000
const page = 'https://musicbrainz.org/recording/1'

t.test('a source that is off is not asked, and nothing of it is shown', async t => {
  const [on, off] = [fakeRepository('musicbrainz'), fakeRepository('lastfm')]
  on.songs = [foundSong({ title: 'On', artist: 'Band', artistId: 'a' })]
  off.songs = [foundSong({ title: 'Off', artist: 'Band', artistId: 'b' })]
  for (const [{ artists }, id] of [[on, 'a'] as const, [off, 'b'] as const]) {
    artists.set(id, foundArtist({ about: `About ${id}` }))
  }
  const both = await createParts(app, [off, on])
  const { songId, ownerId } = await both.addSong({ artist: 'Band', artistKey: 'key-off' })
  await both.asker.run()
  t.match((await both.cards.get('key-off')).about, { source: 'lastfm', text: 'About b' })
  const { calls } = off
  const { service, cards } = await createParts(app, [on])
  const { proposals, repositories } = await service.get(ownerId, songId)
  t.match(proposals, [{ source: 'musicbrainz', showUntil: undefined }])
  t.equal(proposals.length, 1)
  t.same(repositories, [{ name: 'musicbrainz', state: 'answered' }])
  t.match((await cards.get('key-off')).about, { source: 'musicbrainz' })
  t.equal(off.calls, calls)
})

t.test('content older than six hours is not shown, and asked for again when somebody looks', async t => {
  const discogs = fakeRepository('discogs', 6 * hourMs)
  discogs.songs = [foundSong({ title: 'A song', artist: 'Band', artistId: '1', url: 'https://www.discogs.com/1' })]
  discogs.artists.set('1', foundArtist({ about: 'A band', genres: ['Rock'] }))
  const { clock, asker, service, cards, addSong, items } = await createParts(app, [discogs])
  const { songId, ownerId } = await addSong({ artistKey: 'key-old', artist: 'Band' })
  await asker.run()
  t.match(await cards.get('key-old'), { about: { text: 'A band' }, genres: [{ name: 'Rock' }] })
  const showUntil = new Date(clock.ms + 6 * hourMs).toISOString()
  t.match(await cards.get('key-old'), { about: { showUntil }, genres: [{ showUntil }] })
  t.match((await service.get(ownerId, songId)).proposals, [{ showUntil }])
  discogs.isDown = true
  clock.ms += 6 * hourMs - 1000
  t.match(await cards.get('key-old'), { about: { text: 'A band' } })
  clock.ms += 2000
  const other = await addSong()
  t.match(await cards.get('key-old'), { about: null, genres: [] })
  t.match(await service.get(ownerId, songId), { repositories: [{ state: 'waiting' }], proposals: [] })
  discogs.isDown = false
  const { calls } = discogs
  await asker.run()
  t.equal(discogs.calls, calls + 2, 'for both songs')
  t.equal((await service.get(ownerId, songId)).repositories[0]?.state, 'answered')
  t.equal(items.size, 0)
  t.equal((await service.get(other.ownerId, other.songId)).proposals.length, 1)
})

t.test('a rejected match never returns, also when it is asked for again with other values', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.songs = [
    foundSong({ title: 'Wrong', url: page }),
    foundSong({ title: 'Right', url: `${page}2`, score: 0.5 })
  ]
  const { clock, asker, service, songs, addSong, notices } = await createParts(app, [repository])
  const { songId, ownerId } = await addSong()
  await asker.run()
  t.same(notices.at(-1), { songId, proposals: 2 })
  const [wrong] = (await service.get(ownerId, songId)).proposals
  t.equal(wrong?.title, 'Wrong')
  t.match((await service.reject(ownerId, songId, wrong?.id ?? '')).proposals, [{ title: 'Right' }])
  await t.rejects(service.accept(ownerId, songId, { proposalId: wrong?.id ?? '' }), { code: 'NOT_FOUND' })
  repository.songs = [foundSong({ title: 'Wrong, renamed', url: page, score: 1 })]
  clock.ms += 365 * 24 * hourMs
  await songs.updateOne({ _id: songId }, { $set: { askAt: new Date(0) } })
  const { calls } = repository
  await asker.run()
  t.equal(repository.calls, calls + 1, 'it was asked again')
  t.same((await service.get(ownerId, songId)).proposals, [])
  t.same((await service.list(ownerId, { limit: 10 })).items, [])
  await t.rejects(service.reject('stranger', songId, wrong?.id ?? ''), { code: 'NOT_FOUND' })
})

t.test('an accepted artist stays after a refresh and other answers', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.songs = [
    foundSong({ artist: 'Band', artistId: 'wrong' }),
    foundSong({ artist: 'Band', artistId: 'right', score: 0.5 })
  ]
  repository.artists.set('wrong', foundArtist({ about: 'Of 1960' }))
  repository.artists.set('right', foundArtist({ about: 'Of 1990' }))
  const { clock, asker, service, cards, addSong } = await createParts(app, [repository])
  const { songId, ownerId } = await addSong()
  await asker.run()
  const right = (await service.get(ownerId, songId)).proposals[1]
  const { song } = await service.accept(ownerId, songId, { proposalId: right?.id ?? '' })
  const key = song.artistKey ?? ''
  t.match(await cards.get(key), { name: 'Band', about: { text: 'Of 1990' } })
  repository.artists.set('right', foundArtist({ about: 'Of 1990, and more' }))
  clock.ms += 40 * 24 * hourMs
  await cards.refresh(key, new AbortController().signal)
  t.match(await cards.get(key), { about: { text: 'Of 1990, and more' } })
  const other = await addSong({ artist: 'Band', artistKey: 'key-name', title: 'Another one' })
  t.match(await cards.get('key-name'), { about: { text: 'Of 1960' } }, 'songs of others are as they were')
  await service.get(other.ownerId, other.songId)
})

t.test('a rejected artist leaves the card of the song, and of nobody else', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.songs = [
    foundSong({ artist: 'Pair', artistId: 'of 1960', year: 1960, url: page }),
    foundSong({ artist: 'Pair', artistId: 'of 1990', year: 1990, url: `${page}2`, score: 0.5 })
  ]
  for (const { artistId } of repository.songs) {
    repository.artists.set(artistId ?? '', foundArtist({ about: `A band ${artistId}` }))
  }
  const { asker, service, cards, fields, songs, addSong, told } = await createParts(app, [repository])
  const [a, b] = [await addSong({ title: 'A song' }), await addSong({ title: 'A song' })]
  for (const { ownerId, songId } of [a, b]) await fields.patch(ownerId, songId, { artist: 'Pair' })
  await asker.run()
  const keyOf = async ({ ownerId, songId }: typeof a) => (await service.get(ownerId, songId)).song.artistKey ?? ''
  const shared = await keyOf(a)
  t.equal(await keyOf(b), shared)
  t.match((await cards.get(shared)).about, { text: 'A band of 1960' })
  const [wrong] = (await service.get(b.ownerId, b.songId)).proposals
  const { song } = await service.reject(b.ownerId, b.songId, wrong?.id ?? '')
  t.same(told, [b.songId], 'playlists get the new key')
  t.match((await cards.get(song.artistKey ?? '')).about, { text: 'A band of 1990' })
  t.equal(await keyOf(a), shared)
  t.match((await cards.get(shared)).about, { text: 'A band of 1960' })
  // A song of an earlier build keeps its key, and shapes the card of nobody.
  await songs.deleteOne({ _id: a.songId })
  await songs.updateOne({ _id: b.songId }, { $set: { artistKey: shared } })
  t.match((await cards.get(shared)).about, { text: 'A band of 1960' })
})

t.test('values that the owner typed stay, unless their fields are named', async t => {
  const repository = fakeRepository('musicbrainz')
  repository.songs = [foundSong({ title: 'Found', artist: 'Found band', album: 'Found album', year: 1994 })]
  const { asker, service, fields, addSong } = await createParts(app, [repository])
  const { songId, ownerId } = await addSong()
  await fields.patch(ownerId, songId, { title: 'Typed', artist: null })
  await asker.run()
  const proposalId = (await service.get(ownerId, songId)).proposals[0]?.id ?? ''
  const accepted = await service.accept(ownerId, songId, { proposalId })
  t.match(accepted.song, { title: 'Typed', artist: null, album: 'Found album', year: 1994 })
  t.match(accepted.sources, {
    title: { source: 'owner' },
    artist: { source: 'owner' },
    year: { source: 'musicbrainz' }
  })
  await t.rejects(service.accept(ownerId, songId, { proposalId, fields: ['link'] }), { code: 'VALIDATION' })
  const named = await service.accept(ownerId, songId, { proposalId, fields: ['title'] })
  t.match(named.song, { title: 'Found', artist: null })
})

t.test('a question whose turn is too far waits, and nothing of it is an error', async t => {
  const [waiting, slow] = [fakeRepository('discogs'), fakeRepository('lastfm')]
  waiting.find = async () => {
    throw new RepositoryUnavailable('its turn is too far', { wasAsked: false })
  }
  slow.find = async (_song, signal) => {
    await setTimeout(60_000, undefined, { signal }).catch(() => {})
    throw signal.reason
  }
  const errors: unknown[] = []
  const log = { info() {}, warn() {}, error: (fields: unknown) => errors.push(fields) }
  const { asker, service, addSong, clock } = await createParts(app, [waiting, slow], { log, timeoutMs: 50 })
  const { songId, ownerId } = await addSong()
  await asker.run(ownerId)
  t.same(
    (await service.get(ownerId, songId)).repositories.map(({ state }) => state),
    ['waiting', 'unavailable']
  )
  t.same(errors, [])
  clock.ms += 11 * 60_000
  t.equal(await asker.run(ownerId), 1, 'it is asked for again')
})

t.test('repositories that fail are asked again, and the song keeps its old proposals', async t => {
  const [good, bad] = [fakeRepository('musicbrainz'), fakeRepository('lastfm')]
  good.songs = [foundSong({ title: 'Found' })]
  bad.isDown = true
  const { clock, asker, service, addSong } = await createParts(app, [good, bad])
  const { songId, ownerId } = await addSong({ title: 'Failing' })
  await asker.run()
  const states = async () => (await service.get(ownerId, songId)).repositories.map(({ state }) => state)
  t.same(await states(), ['answered', 'unavailable'])
  t.equal((await service.get(ownerId, songId)).proposals.length, 1)
  const { calls } = bad
  await asker.run()
  t.equal(bad.calls, calls, 'not at once')
  bad.isDown = false
  clock.ms += 11 * 60_000
  await asker.run()
  t.same(await states(), ['answered', 'answered'])
  t.equal(good.calls, 1)
})
