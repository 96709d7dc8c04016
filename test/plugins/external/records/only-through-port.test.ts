import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint } from 'eslint'
import t from 'tap'

const root = join(import.meta.dirname, '../../../..')
const eslint = new ESLint({ cwd: root })

/** Returns how often a file with this code would go around the port of records. */
async function errorsOf(filePath: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, filePath) })
  return result!.messages.filter(({ ruleId }) => ruleId === 'no-restricted-syntax').length
}

t.test('no kind of records is opened as a collection of the database', async t => {
  const declared = globSync('plugins/app/**/*.ts', { cwd: root }).flatMap(file =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/name: '(\w+)',\n {2}place: \{/g)].map(([, name]) => name!)
  )
  t.ok(declared.length >= 6, 'the kinds were found')
  for (const name of declared) {
    t.equal(await errorsOf('plugins/app/songs/songs.ts', `db.collection('${name}')`), 1, name)
  }
  for (const file of ['plugins/app/shows/index.ts', 'realtime/rooms/load-room.ts', 'routes/graphql/index.ts']) {
    t.equal(await errorsOf(file, "db.collection<object>('showEvents')"), 1, file)
    t.equal(await errorsOf(file, 'db.collection(showEventsKind.name)'), 1, file)
    t.equal(await errorsOf(file, "db.collection('shows')"), 0, file)
  }
  t.equal(await errorsOf('plugins/app/songs/songs.ts', "declare module 'fastify' {}"), 1)
  t.equal(await errorsOf('plugins/app/operations/migrations/0003-event-decisions.ts', "db.collection('showEvents')"), 0)
})
