import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { calculateObjectSize } from 'bson'
import { GridFSBucket } from 'mongodb'
import t from 'tap'
import { codeOf, onEachBackend, type Thing } from './backends.ts'

onEachBackend(t, async (t, db, exactly) => {
  t.test('documents of 15 MiB are stored and found', async t => {
    const large = db.collection<Thing>('large')
    const text = 'x'.repeat(15 * 1024 * 1024)
    // Together they exceed the size of one reply.
    const ids = ['a', 'b', 'c', 'd']
    for (const _id of ids) await large.insertOne({ _id, text })
    await large.insertOne({ _id: 'e', text: 'small' })
    const found: Array<[string, number]> = []
    for await (const { _id, text } of large.find().sort({ _id: 1 })) found.push([_id, text.length])
    t.same(found, [...ids.map(_id => [_id, text.length]), ['e', 5]])
    await large.updateOne({ _id: 'a' }, { $set: { n: 1 } })
    t.equal((await large.findOne({ _id: 'a' }))?.text.length, text.length)
    if (!exactly) return
    t.equal(await codeOf(large.updateOne({ _id: 'a' }, { $set: { more: 'y'.repeat(2 * 1024 * 1024) } })), 10334)
    t.equal((await large.findOne({ _id: 'a' }))?.more, undefined)
  })

  t.test('a document may have exactly 16 MiB', async t => {
    const large = db.collection<Thing>('to-the-byte')
    // The stand-in closes the connection after a message of 16 MiB.
    const limit = (exactly ? 16 : 15) * 1024 * 1024
    const documentOf = (_id: string, bytes: number) => ({
      _id,
      text: 'x'.repeat(bytes - calculateObjectSize({ _id, text: '' }))
    })
    const whole = documentOf('a', limit)
    t.equal(calculateObjectSize(whole), limit)
    await large.insertOne(whole)
    t.equal((await large.findOne({ _id: 'a' }))?.text.length, whole.text.length)
    t.equal((await large.findOne({ _id: 'a' }, { projection: { _id: 1 } }))?._id, 'a')
    t.same(
      await large
        .find({ text: { $regex: '^x' } }, { projection: { text: 0 } })
        .sort({ text: 1 })
        .toArray(),
      [{ _id: 'a' }]
    )
    if (exactly) t.ok(await codeOf(large.insertOne(documentOf('b', limit + 1))))
    if (exactly) t.equal(await codeOf(large.updateOne({ _id: 'a' }, { $set: { n: true } })), 10334)
    t.equal(await large.countDocuments(), 1)
    // Together they exceed the size of one message.
    await large.insertMany(['c', 'd', 'e', 'f', 'g'].map(_id => documentOf(_id, limit - 1000)))
    t.equal(await large.countDocuments({ text: { $gt: '' } }), 6)
    t.match(
      await large.findOneAndUpdate(
        { _id: 'g' },
        { $set: { n: 1 } },
        { returnDocument: 'after', projection: { text: 0 } }
      ),
      { _id: 'g', n: 1 }
    )
  })

  t.test('GridFS stores, reads, renames and deletes files', async t => {
    const bucket = new GridFSBucket(db)
    const content = randomBytes(1_000_000)
    const upload = bucket.openUploadStream('song.opus', { metadata: { owner: 'ann' } })
    upload.end(content)
    await once(upload, 'finish')
    const hash = createHash('sha256')
    for await (const chunk of bucket.openDownloadStream(upload.id)) hash.update(chunk)
    t.equal(hash.digest('hex'), createHash('sha256').update(content).digest('hex'))
    const part: Buffer[] = []
    for await (const chunk of bucket.openDownloadStreamByName('song.opus', { start: 300_000, end: 300_010 })) {
      part.push(chunk)
    }
    t.same(Buffer.concat(part), content.subarray(300_000, 300_010))
    t.match(await bucket.find({ 'metadata.owner': 'ann' }).toArray(), [
      { filename: 'song.opus', length: content.length }
    ])
    await bucket.rename(upload.id, 'other.opus')
    await bucket.delete(upload.id)
    t.equal(await db.collection('fs.chunks').countDocuments(), 0)
  })
})
