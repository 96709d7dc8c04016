import t from 'tap'
import { openSongs, type SongDocument } from '../../plugins/app/songs/document.ts'
import { createIntake } from '../../plugins/app/songs/intake.ts'
import { createSongQueue, type Made } from '../../plugins/app/songs/queue.ts'
import { createRemoval } from '../../plugins/app/songs/removal.ts'
import { createShelves } from '../../plugins/app/songs/song-quota.ts'
import { createTickets } from '../../plugins/app/songs/tickets.ts'
import { opaqueId } from '../../plugins/app/documents/opaque-id.ts'
import { startApp, until } from '../realtime/real-app.ts'

// Without the workshop of the server, which would take what waits.
const { app } = await startApp(t)
await app.songs.close()
const songs = await openSongs(app.db)
const leaseMs = 300
const audio = Buffer.from('OggS'.padEnd(100, 'x'))
const made: Made = {
  title: 'Made',
  artist: null,
  album: null,
  durationMs: 1000,
  peaks: [],
  sizeBytes: 10,
  audioBytes: 10,
  hasArtwork: false,
  words: []
}

function house(limitBytes = 1_000_000) {
  const shelves = createShelves(app.db, limitBytes)
  const removal = createRemoval(songs, app.storage, shelves, leaseMs)
  const { take } = createIntake({ songs, storage: app.storage, shelves, removal, leaseMs })
  return {
    shelves,
    removal,
    queue: createSongQueue(songs, shelves, leaseMs),
    take: async (ownerId: string) => await take({ ownerId, fileName: 'x.ogg', mostBytes: audio.length }, source())
  }
}

async function* source() {
  yield audio
}

/** Takes what waits, of these people only, for the database may hold others'. */
async function claimed(queue: ReturnType<typeof house>['queue'], ownerIds: readonly string[]): Promise<SongDocument> {
  for (;;) {
    const song = await queue.claim()
    if (song && ownerIds.includes(song.ownerId)) return song
  }
}

t.test('whoever sends much does not keep others waiting', async t => {
  const { queue, take } = house()
  const [busy, late] = [opaqueId(), opaqueId()]
  for (let n = 0; n < 4; n++) await take(busy)
  for (let n = 0; n < 2; n++) await take(late)
  const order: string[] = []
  for (let n = 0; n < 6; n++) {
    const song = await claimed(queue, [busy, late])
    order.push(song.ownerId === busy ? 'busy' : 'late')
    await queue.finish(song, made, false)
  }
  t.same(order.slice(0, 4).toSorted(), ['busy', 'busy', 'late', 'late'])
  t.same(order.slice(4), ['busy', 'busy'])
})

t.test('new people, however many, do not keep those waiting who were there before', async t => {
  const { queue, take } = house()
  const settler = opaqueId()
  await take(settler)
  await queue.finish(await claimed(queue, [settler]), made, false)
  const newcomers = [opaqueId(), opaqueId(), opaqueId()]
  for (const newcomer of newcomers) await take(newcomer)
  await take(settler)
  t.equal((await claimed(queue, [settler, ...newcomers])).ownerId, settler)
  const next = [await claimed(queue, newcomers), await claimed(queue, newcomers), await claimed(queue, newcomers)]
  t.same(
    next.map(({ ownerId }) => ownerId),
    newcomers,
    'then they, as they came'
  )
})

t.test("what somebody has is nobody else's, until they are not heard of", async t => {
  const { queue, take } = house()
  const owner = opaqueId()
  await take(owner)
  const first = await claimed(queue, [owner])
  t.equal(await queue.renew(first), true)
  const second = await claimed(queue, [owner])
  t.equal(second._id, first._id)
  t.equal(second.attempts, 2)
  t.equal(await queue.renew(first), false)
  t.equal(await queue.finish(first, made, false), false, 'who was too late changes nothing')
  t.equal(await queue.fail(first, 'notAudio'), false)
  await queue.giveBack(second)
  t.equal((await claimed(queue, [owner])).attempts, 2, 'what is given back does not count')
})

t.test('what a server left that died is removed, and nothing before', async t => {
  const { removal, shelves, take } = house()
  const owner = opaqueId()
  const song = await take(owner)
  await songs.updateOne(
    { _id: song._id },
    { $set: { state: 'receiving', leaseToken: 'x', leaseUntil: new Date(Date.now() + 60_000) } }
  )
  await removal.removeLeft()
  t.ok(await songs.findOne({ _id: song._id }))
  await songs.updateOne({ _id: song._id }, { $set: { leaseUntil: new Date(0) } })
  await removal.removeLeft()
  t.notOk(await songs.findOne({ _id: song._id }))
  t.notOk(await app.storage.stat(`songs/${song._id}/original`))
  t.equal(await shelves.usedBytes(owner), 0)
})

t.test('a shelf counts every song once, whatever happens at the same time', async t => {
  const { shelves } = house(1000)
  const owner = opaqueId()
  const ids = Array.from({ length: 20 }, opaqueId)
  const taken = await Promise.all(ids.map(async id => await shelves.hold(owner, id, 300)))
  t.equal(taken.filter(Boolean).length, 3)
  t.equal(await shelves.usedBytes(owner), 900)
  const held = ids.filter((_, n) => taken[n])
  t.equal(await shelves.resize(owner, held[0]!, 400), true)
  t.equal(await shelves.resize(owner, held[1]!, 301), false, 'there is no more room')
  t.equal(await shelves.resize(owner, held[1]!, 301, true), true, 'but for who may')
  t.equal(await shelves.resize(owner, 'nothing', 1), false)
  await Promise.all(held.flatMap(id => [shelves.release(owner, id), shelves.release(owner, id)]))
  t.equal(await shelves.usedBytes(owner), 0)
})

t.test('a ticket is for one song, one person and some minutes', async t => {
  let now = 1_000_000_000_000
  const key = { kid: 'a', secret: 'x'.repeat(32) }
  const tickets = createTickets([key], () => now)
  const ticket = tickets.issue('song', 'owner')
  t.equal(tickets.isGood(ticket, 'song', 'owner'), true)
  t.equal(tickets.isGood(ticket, 'song2', 'owner'), false)
  t.equal(tickets.isGood(ticket, 'song', 'other'), false)
  t.equal(createTickets([{ kid: 'a', secret: 'y'.repeat(32) }], () => now).isGood(ticket, 'song', 'owner'), false)
  t.equal(
    createTickets([{ kid: 'b', secret: 'z'.repeat(32) }, key], () => now).isGood(ticket, 'song', 'owner'),
    true,
    'also after a new key has taken over'
  )
  const [kid, until, signature] = ticket.split('.')
  t.equal(tickets.isGood(`${kid}.${(parseInt(until!, 36) + 60_000).toString(36)}.${signature}`, 'song', 'owner'), false)
  now += 10 * 60_000
  t.equal(tickets.isGood(ticket, 'song', 'owner'), false)
})

t.test('who waits for nothing gets nothing', async t => {
  const { queue } = house()
  await until(async () => (await queue.claim()) === null)
  t.pass()
})
