import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BSON, MongoClient } from 'mongodb'
import t from 'tap'
import { stagesInOrder } from '../commands/pipeline.ts'
import { fieldOperators } from '../query/operators.ts'
import { unsupportedQueryOperators, unsupportedUpdateOperators } from '../unsupported.ts'
import { arrayOperators } from '../update/arrays.ts'
import { valueOperators } from '../update/values.ts'
import { scratchFolder, startScratchStore } from './backends.ts'

const { EJSON } = BSON
const workspace = join(import.meta.dirname, '..')
const readme = await readFile(join(workspace, 'README.md'), 'utf8')

t.test('the example runs in another project that links to this folder', async t => {
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
  t.match(example, /startEmbeddedStore\(/)
  const project = await scratchFolder(t)
  await mkdir(join(project, 'node_modules', '@ambient'), { recursive: true })
  await symlink(workspace, join(project, 'node_modules', '@ambient', 'embedded-store'))
  const driver = dirname(dirname(fileURLToPath(import.meta.resolve('mongodb'))))
  await symlink(driver, join(project, 'node_modules', 'mongodb'))
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  await writeFile(join(project, 'example.test.ts'), example)

  // Node.js runs no tests inside of tests that its own runner started.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const args = ['--test', '--test-reporter=tap', 'example.test.ts']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, env })
  t.match(stdout, /^# pass 1$/m)
  t.match(stdout, /^# fail 0$/m)
})

t.test('the README names every operator that the store supports, and none that it refuses', async t => {
  const [, table = ''] = /## What it speaks\n(.*?)\n## /s.exec(readme) ?? []
  const named = new Set(Array.from(table.matchAll(/\$\w+/g), ([name]) => name))
  for (const operators of [fieldOperators, valueOperators, arrayOperators]) {
    for (const name of Object.keys(operators)) t.ok(named.has(name), name)
  }
  for (const refused of [unsupportedQueryOperators, unsupportedUpdateOperators]) {
    for (const name of refused) t.notOk(named.has(name), name)
  }
})

t.test('the README names every stage that the store supports, and none that it refuses', async t => {
  const [row = ''] = /`aggregate` with .*/.exec(readme) ?? []
  const named = Array.from(row.matchAll(/`(\$\w+)/g), ([, name]) => name)
  t.same(named.toSorted(), stagesInOrder.toSorted())
})

t.test('the store refuses the examples of the README, and changes nothing', async t => {
  const [, table = ''] = /\n\| refused \| for example \|\n(.*?)\n\n/s.exec(readme) ?? []
  const examples = Array.from(table.matchAll(/`(\{ ".*\})` \|$/gm), ([, json = '']) => json)
  t.ok(examples.length > 10)
  const rows = table.split('\n').slice(1)
  t.equal(
    examples.length,
    rows.filter(row => !row.endsWith('`test/check.test.ts` |')).length,
    'each row has an example'
  )
  const store = await startScratchStore(t)
  const client = await MongoClient.connect(store.url)
  t.teardown(async () => {
    await client.close()
    await store.close()
  })
  const db = client.db('readme')
  await db.command({ insert: 'c', documents: [{ _id: 1, a: [1] }] })
  for (const json of examples) {
    const refusal: unknown = await db.command(EJSON.parse(json, { relaxed: false })).then(
      ({ writeErrors }) => writeErrors?.[0],
      (error: unknown) => error
    )
    t.match(refusal, { code: 115 }, json)
  }
  t.same(await db.collection('c').find().toArray(), [{ _id: 1, a: [1] }])
  t.equal((await db.collection('c').indexes()).length, 1)
})

t.test('the README names files and folders that exist', async t => {
  const paths = Array.from(readme.matchAll(/`([\w./-]+(?:\.ts|\/))`/g), ([, path = '']) => path)
  t.ok(paths.length > 5)
  for (const path of paths) t.ok(existsSync(join(workspace, path)), path)
})
