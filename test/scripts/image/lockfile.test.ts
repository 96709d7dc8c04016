import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'
import { Value } from 'typebox/value'

import { Lockfile } from '../../../scripts/image/locked-packages.ts'

const root = join(import.meta.dirname, '..', '..', '..')

t.test('every locked package has a checksum that can be trusted, and none is taken from an address', async t => {
  const { packages } = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const { '': project, ...locked } = packages
  t.ok(project !== undefined && Object.keys(locked).length > 100)
  const entries = Object.entries(locked)
  t.same(
    entries
      .filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
      .map(([folder]) => folder),
    [],
    'without SHA-512'
  )
  t.same(
    entries.filter(([, { resolved }]) => resolved !== undefined).map(([folder]) => folder),
    [],
    'whoever installs says from which registry'
  )
})

t.test('the project asks for exact versions', async t => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8')
  )
  const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))
  )
  t.same(loose, [])
})
