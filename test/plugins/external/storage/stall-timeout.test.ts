import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { failWhenStalled } from '../../../../plugins/external/storage/stall-timeout.ts'

t.test('a source that stalls is destroyed, and the reader gets an error', async t => {
  const source = new PassThrough()
  const reading = buffer(failWhenStalled(source, 20))
  source.write('half')
  await t.rejects(reading, { message: 'no data received for 20 ms' })
  t.ok(source.destroyed)
})

t.test('a source without delays passes completely', async t => {
  const source = new PassThrough()
  source.end('whole')
  t.equal(String(await buffer(failWhenStalled(source, 60_000))), 'whole')
})

t.test('destroying the stream destroys a source without data', async t => {
  const source = new PassThrough()
  const stream = failWhenStalled(source, 60_000)
  stream.read()
  stream.destroy()
  await new Promise(resolve => source.once('close', resolve))
  t.ok(source.destroyed)
})
