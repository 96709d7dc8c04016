import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startsApplication } from '../../scripts/run-tests/test-files.ts'
import { findRecordsFiles, leftOut } from './records-files.ts'

const root = join(import.meta.dirname, '../..')

t.test('tests of rooms and attacks run on DynamoDB, except for those with a reason', async t => {
  const files = findRecordsFiles(root)
  for (const file of ['test/realtime/presence.test.ts', 'test/attacks/floor.test.ts']) {
    t.ok(files.includes(file), file)
  }
  for (const file of Object.keys(leftOut)) {
    t.ok(existsSync(join(root, file)) && startsApplication(root, file), `${file} exists and starts the application`)
    t.notOk(files.includes(file), file)
  }
})
