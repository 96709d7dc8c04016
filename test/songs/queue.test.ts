import t from 'tap'
import { openSongs, type SongDocument } from '../../plugins/app/songs/document.ts'
import { createIntake } from '../../plugins/app/songs/intake.ts'
import { createSongQueue, type TranscodedFields } from '../../plugins/app/songs/queue.ts'
import { createRemoval } from '../../plugins/app/songs/removal.ts'
import { createSongQuota } from '../../plugins/app/songs/song-quota.ts'
import { createTickets } from '../../plugins/app/identity/audio-tickets.ts'
import { opaqueId } from '../../plugins/app/documents/opaque-id.ts'
import { startApp, until } from '../realtime/real-app.ts'

// The server's own worker would take the songs of these tests.
const { app } = await startApp(t)
await app.songs.worker.close()
const songs = await openSongs(app.db)
const leaseMs = 300
const audio = Buffer.from('OggS'.padEnd(100, 'x'))
const transcoded: TranscodedFields = {
  title: 'Song',
  artist: null,
  album: null,
  durationMs: 1000,
  peaks: [],
  sizeBytes: 10,
  audioBytes: 10,
  hasArtwork: false
}

function createParts(maxBytesPerPerson = 1_000_000) {
  const quota = createSongQuota(app.db, maxBytesPerPerson)
  const removal = createRemoval({ songs, storage: app.storage, quota, leaseMs, async onRemove() {} })
  const { receive } = createIntake({ songs, storage: app.storage, quota, removal, leaseMs })
  return {
    quota,
    removal,
    queue: createSongQueue({ songs, quota, leaseMs, artistKeyOf: () => undefined }),
    upload: async (ownerId: string) =>
      await receive({ ownerId, fileName: 'x.ogg', maxBytes: audio.length }, audioSource())
  }
}

async function* audioSource() {
  yield audio
}

/** Claims the next song of these people. The database may hold songs of others. */
async function claimOf(
  queue: ReturnType<typeof createParts>['queue'],
  ownerIds: readonly string[]
): Promise<SongDocument> {
  for (;;) {
    const song = await queue.claim()
    if (song && ownerIds.includes(song.ownerId)) return song
  }
}

t.test('a person with many uploads does not delay the uploads of others', async t => {
  const { queue, upload } = createParts()
  const [busy, late] = [opaqueId(), opaqueId()]
  for (let n = 0; n < 4; n++) await upload(busy)
  for (let n = 0; n < 2; n++) await upload(late)
  const order: string[] = []
  for (let n = 0; n < 6; n++) {
    const song = await claimOf(queue, [busy, late])
    order.push(song.ownerId === busy ? 'busy' : 'late')
    await queue.finish(song, transcoded, false)
  }
  t.same(order.slice(0, 4).toSorted(), ['busy', 'busy', 'late', 'late'])
  t.same(order.slice(4), ['busy', 'busy'])
})

t.test('new people do not delay people who came before them', async t => {
  const { queue, upload } = createParts()
  const first = opaqueId()
  await upload(first)
  await queue.finish(await claimOf(queue, [first]), transcoded, false)
  const newcomers = [opaqueId(), opaqueId(), opaqueId()]
  for (const newcomer of newcomers) await upload(newcomer)
  await upload(first)
  t.equal((await claimOf(queue, [first, ...newcomers])).ownerId, first)
  const next = [await claimOf(queue, newcomers), await claimOf(queue, newcomers), await claimOf(queue, newcomers)]
  t.same(
    next.map(({ ownerId }) => ownerId),
    newcomers,
    'the newcomers follow in their order'
  )
})

t.test('a claimed song belongs to its worker until the lease expires', async t => {
  const { queue, upload } = createParts()
  const owner = opaqueId()
  await upload(owner)
  const first = await claimOf(queue, [owner])
  t.equal(await queue.renew(first), true)
  const second = await claimOf(queue, [owner])
  t.equal(second._id, first._id)
  t.equal(second.attempts, 2)
  t.equal(await queue.renew(first), false)
  t.equal(await queue.finish(first, transcoded, false), false, 'without the lease a worker changes nothing')
  t.equal(await queue.fail(first, 'notAudio', null), false)
  await queue.giveBack(second)
  t.equal((await claimOf(queue, [owner])).attempts, 2, 'an attempt that was given back does not count')
})

t.test('an upload of a dead server is removed once its lease has expired', async t => {
  const { removal, quota, upload } = createParts()
  const owner = opaqueId()
  const song = await upload(owner)
  await songs.updateOne(
    { _id: song._id },
    { $set: { state: 'receiving', leaseToken: 'x', leaseUntil: new Date(Date.now() + 60_000) } }
  )
  await removal.removeLeftovers()
  t.ok(await songs.findOne({ _id: song._id }))
  await songs.updateOne({ _id: song._id }, { $set: { leaseUntil: new Date(0) } })
  await removal.removeLeftovers()
  t.notOk(await songs.findOne({ _id: song._id }))
  t.notOk(await app.storage.stat(`songs/${song._id}/original`))
  t.equal(await quota.getUsedBytes(owner), 0)
})

t.test('the quota counts each song once under concurrent changes', async t => {
  const { quota } = createParts(1000)
  const owner = opaqueId()
  const ids = Array.from({ length: 20 }, opaqueId)
  const results = await Promise.all(ids.map(async id => await quota.reserve(owner, id, 300)))
  t.equal(results.filter(Boolean).length, 3)
  t.equal(await quota.getUsedBytes(owner), 900)
  const reserved = ids.filter((_, n) => results[n])
  t.equal(await quota.resize(owner, reserved[0]!, 400), true)
  t.equal(await quota.resize(owner, reserved[1]!, 301), false, 'there is no space left')
  t.equal(await quota.resize(owner, reserved[1]!, 301, true), true, 'an import may exceed the quota')
  t.equal(await quota.resize(owner, 'nothing', 1), false)
  await Promise.all(reserved.flatMap(id => [quota.release(owner, id), quota.release(owner, id)]))
  t.equal(await quota.getUsedBytes(owner), 0)
})

t.test('a ticket is valid for one song, one person and some minutes', async t => {
  let nowMs = 1_000_000_000_000
  const key = { kid: 'a', secret: 'x'.repeat(32) }
  const tickets = createTickets([key], () => nowMs)
  const ticket = tickets.issue('song', 'owner')
  t.equal(tickets.isValid(ticket, 'song', 'owner'), true)
  t.equal(tickets.isValid(ticket, 'song2', 'owner'), false)
  t.equal(tickets.isValid(ticket, 'song', 'other'), false)
  t.equal(createTickets([{ kid: 'a', secret: 'y'.repeat(32) }], () => nowMs).isValid(ticket, 'song', 'owner'), false)
  t.equal(
    createTickets([{ kid: 'b', secret: 'z'.repeat(32) }, key], () => nowMs).isValid(ticket, 'song', 'owner'),
    true,
    'also after a new key became the current one'
  )
  const [kid, until, signature] = ticket.split('.')
  t.equal(
    tickets.isValid(`${kid}.${(parseInt(until!, 36) + 60_000).toString(36)}.${signature}`, 'song', 'owner'),
    false
  )
  nowMs += 10 * 60_000
  t.equal(tickets.isValid(ticket, 'song', 'owner'), false)
})

t.test('an empty queue returns null', async t => {
  const { queue } = createParts()
  await until(async () => (await queue.claim()) === null)
  t.pass()
})
