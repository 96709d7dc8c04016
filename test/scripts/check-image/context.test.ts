import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import t from 'tap'

import { copyContext, ignores } from '../../../scripts/check-image/context.ts'

t.test('the last line that fits decides', async t => {
  const ignored = ignores('*\n!web\n!app.ts\n# web\nweb/dist\n\nscripts/check-*\n')
  for (const path of ['secret.env', '.git', '.git/config', 'web/dist', 'web/dist/index.html', 'node_modules/a/b']) {
    t.ok(ignored(path), path)
  }
  for (const path of ['web', 'web/index.html', 'web/src/dist.ts', 'app.ts']) t.notOk(ignored(path), path)
})

t.test("only what is wanted is sent, and nothing of an operator's own", async t => {
  const folder = t.testdir()
  const files = [
    '.env',
    '.npmrc',
    'data/jwt-keys',
    'node_modules/a/index.js',
    'server.ts',
    'scripts/image/x.sh',
    'scripts/check-image.ts',
    'scripts/check-image/build.ts',
    'web/src/a.ts',
    'web/dist/b.js',
    'tls/tls.key',
    'test/a.test.ts',
    'backup.tar'
  ]
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), file)
  }
  await writeFile(
    join(folder, '.dockerignore'),
    await readFile(join(import.meta.dirname, '..', '..', '..', '.dockerignore'))
  )
  t.same(await copyContext(folder, join(t.testdirName, 'sent')), [
    '.npmrc',
    'scripts/image/x.sh',
    'server.ts',
    'web/src/a.ts'
  ])
  t.equal(await readFile(join(t.testdirName, 'sent', 'web', 'src', 'a.ts'), 'utf8'), 'web/src/a.ts')
})
