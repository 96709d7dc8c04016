import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { checkedStream } from '../../../../plugins/external/storage/checked-stream.ts'

const sha256 = createHash('sha256').update('whole').digest('hex')
const streamOf = (...chunks: string[]) => Readable.from(chunks.map(chunk => Buffer.from(chunk)))

t.test('expected content passes, also with empty chunks', async t => {
  t.equal(
    String(await buffer(checkedStream(streamOf('', 'who', '', '', 'le', ''), { key: 'k', sizeBytes: 5, sha256 }))),
    'whole'
  )
  t.equal((await buffer(checkedStream(streamOf(), { key: 'k', sizeBytes: 0 }))).length, 0)
})

t.test('missing, additional and changed bytes are errors', async t => {
  await t.rejects(buffer(checkedStream(streamOf('who'), { key: 'k', sizeBytes: 5, sha256 })), {
    message: 'the storage returned 3 bytes of k instead of 5'
  })
  await t.rejects(buffer(checkedStream(streamOf('whole', '!'), { key: 'k', sizeBytes: 5 })), {
    message: 'the storage returned 6 bytes of k instead of 5'
  })
  await t.rejects(buffer(checkedStream(streamOf('whale'), { key: 'k', sizeBytes: 5, sha256 })), {
    message: 'the bytes of k do not match their checksum'
  })
})

t.test('an error of the source is an error of the stream', async t => {
  const source = new PassThrough()
  const reading = buffer(checkedStream(source, { key: 'k', sizeBytes: 5 }))
  source.destroy(new Error('the connection broke'))
  await t.rejects(reading, { message: 'the connection broke' })
})

t.test('destroying the stream destroys the source', async t => {
  const source = new PassThrough()
  checkedStream(source, { key: 'k', sizeBytes: 5 }).destroy()
  if (!source.closed) await once(source, 'close')
  t.ok(source.destroyed)
})
