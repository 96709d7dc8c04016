import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { commentsKind } from '../../plugins/app/comments/comment-records.ts'
import { showEventsKind, showSnapshotsKind } from '../../plugins/app/shows/event-tables.ts'
import type { RecordStore, StoredRecord } from '../../plugins/external/records/record-store.ts'
import { backupCommand } from '../../scripts/backup.ts'
import { copyCommand } from '../../scripts/copy-database.ts'
import { recordKinds } from '../../scripts/database/record-kinds.ts'
import { parseRecordLocation } from '../../scripts/database/record-location.ts'
import { restoreCommand } from '../../scripts/restore.ts'
import { dynamoKeys, findDynamoServer, newTableUrl } from '../standins/dynamodb/server.ts'
import { runInProcess } from './run-command.ts'

const endpoint = await findDynamoServer(t)
const keys = { AWS_ACCESS_KEY_ID: dynamoKeys.accessKeyId, AWS_SECRET_ACCESS_KEY: dynamoKeys.secretAccessKey }

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'copy-records-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** Opens a store while `use` runs. */
async function withStore<Result>(location: string, use: (store: RecordStore) => Promise<Result>): Promise<Result> {
  const store = await parseRecordLocation(location).open(keys)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

async function readAll(store: RecordStore): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {}
  for (const kind of recordKinds) {
    const found: StoredRecord[] = []
    for await (const decoded of (await store.open(kind)).listAll()) if ('record' in decoded) found.push(decoded.record)
    all[kind.name] = found.sort((a, b) => (a._id < b._id ? -1 : 1))
  }
  return all
}

const event = (seq: number) => ({ _id: `show:${seq}`, showId: 'show', seq, at: seq, event: { type: 'paused' } })

const comment = (n: number) => ({
  _id: `comment ${n}`,
  showId: 'show',
  authorId: 'ana',
  clientId: `c${n}`,
  text: `text ${n}`,
  createdAt: new Date(1_700_000_000_000 + n),
  deletedAt: null
})

async function fill(store: RecordStore): Promise<void> {
  const events = await store.open(showEventsKind)
  await events.append(Array.from({ length: 250 }, (_, n) => event(n + 1)))
  const comments = await store.open(commentsKind)
  await comments.insertEach(Array.from({ length: 60 }, (_, n) => comment(n)))
  const snapshots = await store.open(showSnapshotsKind)
  const snapshot: StoredRecord & Record<string, unknown> = {
    _id: 'show',
    seq: 1000,
    userIds: ['ana', 'ben'],
    state: {}
  }
  await snapshots.put(snapshot)
}

const copy = async (...args: string[]) => await runInProcess(copyCommand, ['--records', ...args], keys)

t.test('records move to DynamoDB and back, and are compared', { skip: !endpoint }, async t => {
  const from = `embedded:${await temporaryFolder(t)}`
  const back = `embedded:${await temporaryFolder(t)}`
  const table = newTableUrl(endpoint ?? '')
  await withStore(from, fill)
  const original = await withStore(from, readAll)
  const first = await copy(from, table)
  t.equal(first.code, 0, first.errors)
  t.match(first.output, /copied 311 records from the database embedded:.* to the DynamoDB table/)
  t.same(await withStore(table, readAll), original)

  t.match(await copy(from, table), { code: 1, errors: /There are records in the DynamoDB table/ })
  await withStore(table, async store => {
    await (await store.open(commentsKind)).remove('place', ['show'])
  })
  t.match(await copy('--continue', from, table), { code: 0 }, 'an interrupted copy')
  t.same(await withStore(table, readAll), original)

  await withStore(table, async store => await (await store.open(commentsKind)).append([comment(9999)]))
  t.match(await copy('--continue', from, table), { code: 1, errors: /The records of "comments" differ: 60 .* 61/ })
  t.match(await copy('--overwrite', from, table), { code: 0 })
  t.same(await withStore(table, readAll), original)

  t.match(await copy(table, back), { code: 0 })
  t.same(await withStore(back, readAll), original)
})

t.test('mistakes are named before anything is copied', async t => {
  const empty = await temporaryFolder(t)
  t.match(await copy('dynamodb://eu-central-1', 'embedded:x'), { code: 1, errors: /dynamodb:\/\/REGION\/TABLE/ })
  t.match(await copy(`embedded:${empty}`, `embedded:${empty}`), { code: 1, errors: /are the same store/ })
  t.match(await copy(`embedded:${empty}`, 'dynamodb://eu-central-1/ambient'), { code: 1, errors: /There is no/ })
  t.match(await copy('embedded:x'), { code: 2 })
  t.match(await runInProcess(copyCommand, ['--continue', 'embedded:a', 'embedded:b']), { code: 2 })
  const withoutKeys = await runInProcess(copyCommand, ['--records', 'dynamodb://eu-central-1/ambient', 'embedded:x'])
  t.match(withoutKeys, { code: 1, errors: /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed/ })
})

t.test('a backup and a restore without the records in DynamoDB are refused', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const env = { DATA_DIR, RECORDS_URL: 'dynamodb://eu-central-1/ambient', ...keys }
  const backup = join(DATA_DIR, 'backup')
  t.match(await runInProcess(backupCommand, [backup], env), { code: 1, errors: /db:copy -- --records/ })
  await withStore(`embedded:${DATA_DIR}`, fill)
  t.match(await runInProcess(backupCommand, [backup, '--without-records'], env), { code: 0 })
  t.match(await runInProcess(restoreCommand, [backup], env), { code: 1, errors: /db:copy -- --records/ })
})

t.test('all kinds of records are copied', async t => {
  const root = join(import.meta.dirname, '../..')
  const names = globSync('plugins/**/*.ts', { cwd: root }).flatMap(file => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(/name: '(\w+)',\s+place: \{/g)].map(found => found[1])
  })
  t.same(names.sort(), recordKinds.map(({ name }) => name).sort())
})
