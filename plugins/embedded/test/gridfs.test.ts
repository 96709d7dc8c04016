import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { GridFSBucket, ObjectId } from 'mongodb'
import t from 'tap'
import { onEachBackend } from './backends.ts'

const chunkSizeBytes = 1000

onEachBackend(t, async (t, db) => {
  const bucket = new GridFSBucket(db, { bucketName: 'songs', chunkSizeBytes })
  const chunks = db.collection('songs.chunks')

  async function store(content: Buffer, name = 'song'): Promise<ObjectId> {
    const upload = bucket.openUploadStream(name)
    await pipeline(Readable.from([content]), upload)
    return upload.id
  }

  t.test('any range of a file can be read, across chunks too', async t => {
    const content = randomBytes(5 * chunkSizeBytes + 7)
    const id = await store(content)
    const ranges: Array<[number, number]> = [
      [0, 1],
      [0, 1000],
      [999, 1001],
      [1000, 2000],
      [1, content.length],
      [content.length - 1, content.length],
      [4999, 5007],
      [0, content.length],
      [2500, 2501]
    ]
    for (const [start, end] of ranges) {
      const part = await buffer(bucket.openDownloadStream(id, { start, end }))
      t.ok(part.equals(content.subarray(start, end)), `${start} to ${end}`)
    }
  })

  t.test('files of every length up to three chunks can be read', async t => {
    for (const length of [0, 1, chunkSizeBytes - 1, chunkSizeBytes, chunkSizeBytes + 1, 3 * chunkSizeBytes]) {
      const content = randomBytes(length)
      const id = await store(content)
      t.ok((await buffer(bucket.openDownloadStream(id))).equals(content), `${length} bytes`)
      t.equal((await bucket.find({ _id: id }).toArray())[0]?.length, length)
      t.equal(await chunks.countDocuments({ files_id: id }), Math.ceil(length / chunkSizeBytes))
    }
  })

  t.test('files that are stored at the same time do not mix', async t => {
    const contents = Array.from({ length: 16 }, () => randomBytes(20_000 + Math.floor(Math.random() * 5000)))
    const ids = await Promise.all(contents.map((content, n) => store(content, `song${n}`)))
    const hashes = await Promise.all(
      ids.map(async id =>
        createHash('sha256')
          .update(await buffer(bucket.openDownloadStream(id)))
          .digest('hex')
      )
    )
    t.same(
      hashes,
      contents.map(content => createHash('sha256').update(content).digest('hex'))
    )
  })

  t.test('a deleted file is gone with its chunks, and other files stay', async t => {
    const [deleted, kept] = [await store(randomBytes(3000)), await store(randomBytes(3000))]
    await bucket.delete(deleted)
    t.equal(await chunks.countDocuments({ files_id: deleted }), 0)
    t.equal((await buffer(bucket.openDownloadStream(kept))).length, 3000)
    await t.rejects(buffer(bucket.openDownloadStream(deleted)), { message: /FileNotFound/ })
    await t.rejects(bucket.delete(deleted), { message: /File not found/ })
    await t.rejects(bucket.rename(deleted, 'other'), { message: /not found/ })
  })

  t.test('an aborted upload leaves nothing', async t => {
    const upload = bucket.openUploadStream('aborted')
    upload.write(randomBytes(4500))
    await new Promise(resolve => upload.write(Buffer.alloc(0), resolve))
    await upload.abort()
    t.equal(await chunks.countDocuments({ files_id: upload.id }), 0)
    t.same(await bucket.find({ filename: 'aborted' }).toArray(), [])
  })

  t.test('reading a file with a missing chunk fails', async t => {
    const id = await store(randomBytes(4 * chunkSizeBytes))
    await chunks.deleteOne({ files_id: id, n: 2 })
    await t.rejects(buffer(bucket.openDownloadStream(id)), { message: /ChunkIsMissing/ })
  })

  t.test('of files with the same name, the newest is found, or the requested revision', async t => {
    for (const text of ['first', 'second', 'third']) {
      await store(Buffer.from(text), 'name')
      // Revisions are ordered by their times.
      const [newest] = await bucket.find({ filename: 'name' }).sort({ uploadDate: -1 }).limit(1).toArray()
      while (Date.now() <= (newest?.uploadDate.getTime() ?? 0)) await once(Readable.from(['tick']), 'data')
    }
    t.equal(String(await buffer(bucket.openDownloadStreamByName('name'))), 'third')
    t.equal(String(await buffer(bucket.openDownloadStreamByName('name', { revision: 0 }))), 'first')
  })

  t.test('a second chunk with the same number is refused', async t => {
    const id = await store(randomBytes(chunkSizeBytes))
    await t.rejects(chunks.insertOne({ files_id: id, n: 0, data: Buffer.alloc(1) }), { code: 11000 })
  })
})
