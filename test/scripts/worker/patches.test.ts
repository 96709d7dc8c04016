import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { SetupError } from '../../../scripts/setup-error.ts'
import { findMediasoup } from '../../../scripts/worker/mediasoup-package.ts'
import { applyPatches } from '../../../scripts/worker/patches.ts'
import { withOwnEnding, workerPatches } from '../../../scripts/worker/source.ts'

const first = `It crashes.

--- a/src/a.cpp
+++ b/src/a.cpp
@@ -1,3 +1,3 @@
 one
-type == RETURN
+type & RETURN
 three
`
const second = first.replace('-type == RETURN\n+type & RETURN', '-type & RETURN\n+isReturn(type)')

function folders(t: Test, text: string) {
  const folder = t.testdir({
    source: { src: { 'a.cpp': text } },
    patches: { '02-second.patch': second, '01-first.patch': first, 'notes.txt': 'no patch' }
  })
  return { source: join(folder, 'source'), patches: join(folder, 'patches') }
}

t.test('patches are applied in the order of their names', async t => {
  const patched = folders(t, 'one\ntype == RETURN\nthree\n')
  await applyPatches(patched)
  t.equal(readFileSync(join(patched.source, 'src/a.cpp'), 'utf8'), 'one\nisReturn(type)\nthree\n')
})

const mismatches: [string, string][] = [
  ['the line no longer occurs', 'one\nisReturn(type)\nthree\n'],
  ['a line around it is different', 'one\ntype == RETURN\nfour\n'],
  ['the change is there already', 'one\ntype & RETURN\nthree\n']
]
for (const [name, text] of mismatches) {
  t.test(`${name}: the build stops, and the error names the patch`, async t => {
    const error = await applyPatches(folders(t, text)).catch(error => error)
    t.type(error, SetupError)
    t.match(error.message, 'patches/01-first.patch')
    t.match(error.message, /adapt the patch/)
  })
}

t.test('every patch begins with its reason and matches the installed mediasoup', async t => {
  const source = t.testdir()
  for (const part of ['src', 'include', 'meson.build']) {
    cpSync(join(findMediasoup().folder, 'worker', part), join(source, part), { recursive: true })
  }
  await t.resolves(applyPatches({ source, patches: workerPatches }))
  for (const name of readdirSync(workerPatches)) {
    t.match(readFileSync(join(workerPatches, name), 'utf8'), /^[A-Z][^]*\.\n\n--- a\//, name)
  }
})

t.test('the end of the build file is replaced from the first subproject', async t => {
  t.equal(
    withOwnEnding("sources = []\nlibuv = subproject('libuv')\nexecutable('old')\n", "executable('own')\n"),
    "sources = []\nexecutable('own')\n"
  )
  t.throws(() => withOwnEnding("executable('old')\n", ''), /no longer names a subproject/)
})
