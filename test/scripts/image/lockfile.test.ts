import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'
import { Value } from 'typebox/value'

import { isOurs, Lockfile } from '../../../scripts/image/locked-packages.ts'

const root = join(import.meta.dirname, '..', '..', '..')

t.test('every locked package has a strong checksum, and none comes from a URL', async t => {
  const { packages } = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const { '': project, ...locked } = packages
  t.ok(project !== undefined && Object.keys(locked).length > 100)
  const entries = Object.entries(locked).filter(([folder, entry]) => !isOurs(folder, entry))
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

t.test('the project and its workspaces depend on the same exact versions', async t => {
  const project = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const asked = new Map<string, string>()
  for (const folder of ['.', ...project.workspaces]) {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      await readFile(join(root, folder, 'package.json'), 'utf8')
    )
    for (const [name, version] of Object.entries<string>({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies
    })) {
      t.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name} in ${folder}`)
      t.equal(version, asked.get(name) ?? version, `${name} in ${folder} as elsewhere`)
      asked.set(name, version)
    }
  }
})

t.test('the SDK has the version of the project', async t => {
  const [project, sdk] = await Promise.all(
    ['package.json', 'client/package.json'].map(async path => JSON.parse(await readFile(join(root, path), 'utf8')))
  )
  t.equal(sdk.version, project.version)
})
