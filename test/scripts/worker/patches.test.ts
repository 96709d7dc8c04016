import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { SetupError } from '../../../scripts/setup-error.ts'
import { findMediasoup } from '../../../scripts/worker/mediasoup-package.ts'
import { applyPatches, patches, type Patch } from '../../../scripts/worker/patches.ts'
import { withOwnEnding } from '../../../scripts/worker/source.ts'

const patch: Patch = { file: 'src/a.cpp', find: 'type == RETURN', replace: 'type & RETURN', why: 'it crashes' }

function source(t: Test, text: string) {
  return t.testdir({ src: { 'a.cpp': text } })
}

t.test('a patch replaces its text', async t => {
  const folder = source(t, 'if (type == RETURN) $& stays')
  await applyPatches(folder, [patch])
  t.equal(readFileSync(join(folder, 'src/a.cpp'), 'utf8'), 'if (type & RETURN) $& stays')
})

t.test(
  'a text that no longer occurs stops the build, and the error names the text, the reason and the files',
  async t => {
    const error = await applyPatches(source(t, 'if (isReturn(type))'), [patch]).catch(error => error)
    t.type(error, SetupError)
    for (const part of ['type == RETURN', 'no longer', 'src/a.cpp', 'it crashes', 'scripts/worker/patches.ts']) {
      t.match(error.message, part)
    }
  }
)

t.test('a text that occurs twice stops the build', async t => {
  await t.rejects(applyPatches(source(t, 'type == RETURN\ntype == RETURN'), [patch]), /more than once/)
})

t.test('every patch matches the installed mediasoup', async t => {
  const worker = join(findMediasoup().folder, 'worker')
  for (const { file, find } of patches) {
    t.equal(readFileSync(join(worker, file), 'utf8').split(find).length, 2, `${file} contains ${find} once`)
  }
})

t.test('the end of the build file is replaced from the first subproject', async t => {
  t.equal(
    withOwnEnding("sources = []\nlibuv = subproject('libuv')\nexecutable('old')\n", "executable('own')\n"),
    "sources = []\nexecutable('own')\n"
  )
  t.throws(() => withOwnEnding("executable('old')\n", ''), /no longer names a subproject/)
})
