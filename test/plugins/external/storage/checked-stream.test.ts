import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { checkedStream } from '../../../../plugins/external/storage/checked-stream.ts'

const sha256 = createHash('sha256').update('whole').digest('hex')
const from = (...pieces: string[]) => Readable.from(pieces.map(piece => Buffer.from(piece)))

t.test('what is expected comes whole, empty pieces and all', async t => {
  t.equal(
    String(await buffer(checkedStream(from('', 'who', '', '', 'le', ''), { key: 'k', sizeBytes: 5, sha256 }))),
    'whole'
  )
  t.equal((await buffer(checkedStream(from(), { key: 'k', sizeBytes: 0 }))).length, 0)
})

t.test('too little, too much, and other bytes are errors', async t => {
  await t.rejects(buffer(checkedStream(from('who'), { key: 'k', sizeBytes: 5, sha256 })), {
    message: 'the storage gave 3 bytes of k instead of 5'
  })
  await t.rejects(buffer(checkedStream(from('whole', '!'), { key: 'k', sizeBytes: 5 })), {
    message: 'the storage gave 6 bytes of k instead of 5'
  })
  await t.rejects(buffer(checkedStream(from('whale'), { key: 'k', sizeBytes: 5, sha256 })), {
    message: 'the bytes of k are not those that were stored'
  })
})

t.test('a source that fails fails the stream', async t => {
  const source = new PassThrough()
  const reading = buffer(checkedStream(source, { key: 'k', sizeBytes: 5 }))
  source.destroy(new Error('the line broke'))
  await t.rejects(reading, { message: 'the line broke' })
})

t.test('who stops reading lets go of the source', async t => {
  const source = new PassThrough()
  checkedStream(source, { key: 'k', sizeBytes: 5 }).destroy()
  if (!source.closed) await once(source, 'close')
  t.ok(source.destroyed)
})
