import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findMigrations } from '../../../../../plugins/app/operations/migrations/find.ts'

async function createFolder(t: Test, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations #'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

const validMigration = 'export async function up () {}'

t.test('files with a number are migrations, others are not', async t => {
  const folder = await createFolder(t, {
    '0002-b.ts': validMigration,
    '0001-a.ts': validMigration,
    'run.ts': '',
    'README.md': ''
  })
  t.same(
    (await findMigrations(folder)).map(({ name }) => name),
    ['0001-a', '0002-b']
  )
})

t.test('two files with the same number are an error', async t => {
  await t.rejects(findMigrations(await createFolder(t, { '0001-a.ts': validMigration, '0001-b.ts': validMigration })), {
    message: /two migrations have the number of 0001-a/
  })
})

t.test('a file without up is an error', async t => {
  await t.rejects(findMigrations(await createFolder(t, { '0001-a.ts': 'export const down = 1' })), {
    message: /0001-a exports no function/
  })
})

t.test('the migrations of the server are found', async t => {
  const folder = join(import.meta.dirname, '../../../../../plugins/app/operations/migrations')
  t.ok((await findMigrations(folder)).some(({ name }) => name === '0001-session-device'))
})
