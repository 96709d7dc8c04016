import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import t from 'tap'

import { copyContext, parseIgnoreRules } from '../../../scripts/check-image/context.ts'

t.test('the last matching rule decides', async t => {
  const { isIgnored } = parseIgnoreRules('*\n!web\n!app.ts\n# web\nweb/dist\n!docs/third-party.md\n\nscripts/check-*\n')
  const ignored = ['secret.env', '.git', '.git/config', 'web/dist', 'web/dist/index.html', 'node_modules/a/b']
  for (const path of [...ignored, 'docs', 'docs/other.md']) t.ok(isIgnored(path), path)
  for (const path of ['web', 'web/index.html', 'web/src/dist.ts', 'app.ts', 'docs/third-party.md']) {
    t.notOk(isIgnored(path), path)
  }
})

t.test('an exception can lie inside an ignored folder', async t => {
  const { mayInclude } = parseIgnoreRules('*\n!docs/a/b.md\n!k*/x\nweb/dist\n')
  for (const folder of ['docs', 'docs/a', 'k8s']) t.ok(mayInclude(folder), folder)
  for (const folder of ['docs/b', 'web', '.git', 'node_modules']) t.notOk(mayInclude(folder), folder)
})

t.test('the context holds only the listed files and no data of the operator', async t => {
  const folder = t.testdir()
  const files = [
    '.env',
    '.npmrc',
    'data/jwt-keys',
    'docs/operators.md',
    'docs/third-party.md',
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
    'docs/third-party.md',
    'scripts/image/x.sh',
    'server.ts',
    'web/src/a.ts'
  ])
  t.equal(await readFile(join(t.testdirName, 'sent', 'web', 'src', 'a.ts'), 'utf8'), 'web/src/a.ts')
})
