import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'

import { keep, restoreKept } from '../../../scripts/check-image/kept-files.ts'

t.test('a cached file is restored for its key only, and stays executable', async t => {
  const home = t.testdir({ made: {}, next: {} })
  const kept = { command: ['make'], path: '/app/worker', key: 'one' }
  t.equal(await restoreKept(home, kept, join(home, 'next')), false)

  await mkdir(join(home, 'made', 'app'))
  await writeFile(join(home, 'made', 'app', 'worker'), 'binary')
  await chmod(join(home, 'made', 'app', 'worker'), 0o755)
  await keep(home, kept, join(home, 'made'))

  t.equal(await restoreKept(home, { ...kept, key: 'two' }, join(home, 'next')), false)
  t.equal(await restoreKept(home, kept, join(home, 'next')), true)
  t.equal(await readFile(join(home, 'next', 'app', 'worker'), 'utf8'), 'binary')
  t.equal((await stat(join(home, 'next', 'app', 'worker'))).mode & 0o777, 0o755)
})
