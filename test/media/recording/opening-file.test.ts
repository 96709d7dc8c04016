import t from 'tap'
import { openStintFile } from '../../../media/recording/opening-file.ts'
import { memoryStints } from './memory-stints.ts'

const start = { showId: 'show', userId: 'speaker', startedAtMs: 0 }
const mebibyte = Buffer.alloc(1024 * 1024)

/** A file that opens when `open` is called. */
function openSlowly() {
  const opening = Promise.withResolvers<void>()
  const { files, stints } = memoryStints(async () => await opening.promise)
  const lost: unknown[] = []
  const file = openStintFile(start, { files, onFailed() {}, onLost: error => lost.push(error) })
  return { file, stints, lost, open: () => opening.resolve() }
}

t.test('writes to the file what has waited for it, in order', async t => {
  const { file, stints, lost, open } = openSlowly()
  file.append(mebibyte)
  file.mark(48, 1)
  open()
  await file.close()
  t.match(stints, [{ pages: [mebibyte], marks: [{ samples: 48, atMs: 1 }], isClosed: true }])
  t.same(lost, [])
})

t.test('closes a file that opens after its stint was given up, empty', async t => {
  const { file, stints, lost, open } = openSlowly()
  for (let written = 0; written < 4; written++) file.append(mebibyte)
  t.equal(lost.length, 1)
  open()
  await new Promise(resolve => setImmediate(resolve))
  t.match(stints, [{ pages: [], isClosed: true }])
})
