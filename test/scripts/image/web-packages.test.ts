import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'
import { Value } from 'typebox/value'

import { Lockfile, reachedPackages } from '../../../scripts/image/locked-packages.ts'
import { webPackages } from '../../../scripts/image/web-packages.ts'

const root = join(import.meta.dirname, '..', '..', '..')

async function importing(folders: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const file of glob(
    folders.flatMap(folder => [`${folder}/**/*.{ts,tsx,css}`, `${folder}.ts`]),
    { cwd: root, exclude: ['web/dist/**'] }
  )) {
    const text = await readFile(join(root, file), 'utf8')
    for (const [, name] of text.matchAll(/^(?:import|export) (?!type )[^'\n]*'((?:@[\w-]+\/)?[a-z][\w.-]*)/gm)) {
      if (name !== undefined) found.add(name)
    }
  }
  return found
}

t.test('only the web client imports the packages that the image omits', async t => {
  const server = await importing([
    'server',
    'app',
    'config',
    'contract',
    'media',
    'plugins',
    'realtime',
    'routes',
    'scripts/database',
    'scripts/songs',
    'scripts/worker'
  ])
  t.ok(server.has('fastify') && server.has('mediasoup'), 'imports are found')
  t.same(
    webPackages.filter(name => server.has(name)),
    []
  )

  const { dependencies, workspaces } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const workspaceNames = await Promise.all(
    workspaces.map(
      async (folder: string) => JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')).name
    )
  )
  t.same(
    webPackages.filter(name => !(name in dependencies) && !workspaceNames.includes(name)),
    [],
    'all of them exist'
  )
  const web = await importing(['web', 'client'])
  t.same(
    Object.keys(dependencies).filter(name => web.has(name) && !server.has(name) && !webPackages.includes(name)),
    [],
    'what only the web client imports is left out'
  )
})

t.test('the dependencies of needed packages are needed', async t => {
  const packages = {
    '': { dependencies: { server: '1.0.0', web: '1.0.0' }, devDependencies: { tools: '1.0.0' } },
    'node_modules/server': {
      dependencies: { shared: '1.0.0' },
      optionalDependencies: { absent: '1.0.0' },
      peerDependencies: { web: '1.0.0' }
    },
    'node_modules/shared': {},
    'node_modules/web': { dependencies: { shared: '2.0.0', only: '1.0.0' } },
    'node_modules/web/node_modules/shared': {},
    'node_modules/only': {},
    'node_modules/tools': {}
  }
  const all = reachedPackages({ lockfileVersion: 3, packages }, [])
  t.same([...all].sort(), [
    'node_modules/only',
    'node_modules/server',
    'node_modules/shared',
    'node_modules/web',
    'node_modules/web/node_modules/shared'
  ])
  const { peerDependencies, ...alone } = packages['node_modules/server']
  t.ok(peerDependencies)
  t.same(
    [
      ...reachedPackages({ lockfileVersion: 3, packages: { ...packages, 'node_modules/server': alone } }, ['web'])
    ].sort(),
    ['node_modules/server', 'node_modules/shared']
  )
})

t.test('a workspace is reached with its dependencies from the nearest node_modules, unless it is omitted', async t => {
  const packages = {
    '': { workspaces: ['plugins/store', 'client'], dependencies: { server: '1.0.0' } },
    'node_modules/@ours/store': { resolved: 'plugins/store', link: true },
    'node_modules/@ours/client': { resolved: 'client', link: true },
    'plugins/store': { name: '@ours/store', dependencies: { shared: '1.0.0' }, devDependencies: { tools: '1.0.0' } },
    'plugins/store/node_modules/shared': { dependencies: { deep: '1.0.0' } },
    client: { name: '@ours/client', dependencies: { web: '1.0.0' } },
    'node_modules/server': { dependencies: { shared: '2.0.0' } },
    'node_modules/shared': {},
    'node_modules/deep': {},
    'node_modules/web': {},
    'node_modules/tools': {}
  }
  t.same([...reachedPackages({ lockfileVersion: 3, packages }, ['@ours/client'])].sort(), [
    'node_modules/@ours/store',
    'node_modules/deep',
    'node_modules/server',
    'node_modules/shared',
    'plugins/store',
    'plugins/store/node_modules/shared'
  ])
  const all = reachedPackages({ lockfileVersion: 3, packages }, [])
  t.ok(all.has('client') && all.has('node_modules/web'))
})

t.test('the reached packages are those that the lockfile marks as production', async t => {
  const lockfile = Value.Parse(Lockfile, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const reached = reachedPackages(lockfile, [])
  const production = Object.entries(lockfile.packages)
    .filter(([folder, { dev }]) => folder !== '' && dev !== true)
    .map(([folder]) => folder)
  t.same(
    production.filter(folder => !reached.has(folder)),
    [],
    'as npm marked it'
  )
})
