import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'
import { Value } from 'typebox/value'

import { Lockfile } from '../../../scripts/image/locked-packages.ts'
import { allows } from '../../../scripts/licences/allowed.ts'
import { licencesOf, licencesPage, refused } from '../../../scripts/licences/page.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))

t.test('every delivered package has an allowed licence', async t => {
  t.same(refused(licencesOf(lockfile)), [])
})

t.test('docs/third-party.md lists the packages of the lockfile', async t => {
  t.equal(
    await readFile(join(root, 'docs/third-party.md'), 'utf8'),
    licencesPage(licencesOf(lockfile)),
    'run npm run licences'
  )
})

t.test('a delivered package without an allowed licence is found at any depth', async t => {
  const mit = { version: '1.0.0', license: 'MIT' }
  const packages = {
    '': { dependencies: { a: '1.0.0' } },
    'node_modules/a': { ...mit, dependencies: { b: '1.0.0' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', license: 'AGPL-3.0-only' },
    'node_modules/b': { ...mit, license: 'SSPL-1.0' }
  }
  t.same(refused(licencesOf({ lockfileVersion: 3, packages })), [
    { name: 'b', version: '2.0.0', licence: 'AGPL-3.0-only' }
  ])
})

t.test('SPDX expressions', async t => {
  for (const good of ['MIT', '(MIT OR CC0-1.0)', 'MIT OR GPL-3.0-only', 'Apache-2.0 AND MIT', '(MIT AND ISC)']) {
    t.ok(allows(good), good)
  }
  for (const bad of [
    '',
    'GPL-3.0-only',
    'MIT AND GPL-3.0-only',
    'UNLICENSED',
    'SEE LICENSE IN x',
    '(MIT OR GPL-3.0-only) AND AGPL-3.0-only',
    'MIT AND (ISC OR GPL-2.0-only)'
  ]) {
    t.notOk(allows(bad), bad)
  }
})
