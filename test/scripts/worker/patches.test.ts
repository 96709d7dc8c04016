import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { SetupError } from '../../../scripts/setup-error.ts'
import { findMediasoup } from '../../../scripts/worker/mediasoup-package.ts'
import { applyMends, mends, type Mend } from '../../../scripts/worker/patches.ts'
import { withOwnEnding } from '../../../scripts/worker/source.ts'

const mend: Mend = { file: 'src/a.cpp', find: 'type == RETURN', replace: 'type & RETURN', why: 'it crashes' }

function source(t: Test, text: string) {
  return t.testdir({ src: { 'a.cpp': text } })
}

t.test('a mend changes its one place', async t => {
  const folder = source(t, 'if (type == RETURN) $& stays')
  await applyMends(folder, [mend])
  t.equal(readFileSync(join(folder, 'src/a.cpp'), 'utf8'), 'if (type & RETURN) $& stays')
})

t.test('a line that is no longer there stops the build and says which, why and where to look', async t => {
  const error = await applyMends(source(t, 'if (isReturn(type))'), [mend]).catch(error => error)
  t.type(error, SetupError)
  for (const part of ['type == RETURN', 'no longer', 'src/a.cpp', 'it crashes', 'scripts/worker/patches.ts']) {
    t.match(error.message, part)
  }
})

t.test('a line that is there twice stops the build', async t => {
  await t.rejects(applyMends(source(t, 'type == RETURN\ntype == RETURN'), [mend]), /more than once/)
})

t.test('every mend fits the installed mediasoup', async t => {
  const worker = join(findMediasoup().folder, 'worker')
  for (const { file, find } of mends) {
    t.equal(readFileSync(join(worker, file), 'utf8').split(find).length, 2, `${file} has ${find} once`)
  }
})

t.test('the build file is cut at the first subproject and gets its own ending', async t => {
  t.equal(
    withOwnEnding("sources = []\nlibuv = subproject('libuv')\nexecutable('old')\n", "executable('own')\n"),
    "sources = []\nexecutable('own')\n"
  )
  t.throws(() => withOwnEnding("executable('old')\n", ''), /names no subproject/)
})
