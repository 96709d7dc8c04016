import t from 'tap'

import { SetupError } from '../../scripts/setup-error.ts'
import { debianPackages, ensurePackages, type PackageSystem, type RootAccess } from '../../scripts/system-packages.ts'

function machine(installed: readonly string[], access: RootAccess) {
  const calls: unknown[] = []
  const system: PackageSystem = {
    missing: async names => names.filter(name => !installed.includes(name)),
    rootAccess: async () => access,
    install: async (names, as) => {
      calls.push([names, as])
    }
  }
  return { system, calls }
}

t.test('nothing is installed when no package is missing', async t => {
  const { system, calls } = machine(['meson', 'g++'], 'none')
  await ensurePackages(['meson', 'g++'], system)
  t.same(calls, [])
})

for (const access of ['root', 'sudo'] as const) {
  t.test(`missing packages are installed with access ${access}`, async t => {
    const { system, calls } = machine(['g++'], access)
    await ensurePackages(['meson', 'g++', 'make'], system)
    t.same(calls, [[['meson', 'make'], access]])
  })
}

t.test('without root, the error contains one command line that installs all missing packages', async t => {
  const { system, calls } = machine(['g++'], 'none')
  const error = await ensurePackages(['meson', 'g++', 'make'], system).catch(error => error)
  t.type(error, SetupError)
  const pasted = String(error.message)
    .split('\n')
    .filter(line => line.startsWith('    '))
  t.same(pasted, ["    sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends meson make'"])
  t.same(calls, [])
})

t.test('dpkg tells which packages are missing', async t => {
  t.same(await debianPackages.missing(['dpkg', 'no-such-package-anywhere', 'bash']), ['no-such-package-anywhere'])
  t.same(await debianPackages.missing([]), [])
})
