import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { failWhenStalled } from '../../../../plugins/external/storage/stall.ts'

t.test('a source that stops is an error for who waits, and is let go', async t => {
  const source = new PassThrough()
  const reading = buffer(failWhenStalled(source, 20))
  source.write('half')
  await t.rejects(reading, { message: 'nothing came for 20 ms' })
  t.ok(source.destroyed)
})

t.test('what comes in time comes whole', async t => {
  const source = new PassThrough()
  source.end('whole')
  t.equal(String(await buffer(failWhenStalled(source, 60_000))), 'whole')
})

t.test('who stops reading lets go of a source that has nothing to give', async t => {
  const source = new PassThrough()
  const stream = failWhenStalled(source, 60_000)
  stream.read()
  stream.destroy()
  await new Promise(resolve => source.once('close', resolve))
  t.ok(source.destroyed)
})
