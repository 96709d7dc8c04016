import { join } from 'node:path'
import t from 'tap'

import { batchesOf } from '../../../scripts/run-tests/batches.ts'
import { findFastFiles } from '../../../scripts/run-tests/slow-tests.ts'

t.test('files of a folder share a process, a few at a time; others run alone', async t => {
  const routes = Array.from({ length: 10 }, (_, n) => `test/routes/${n}.test.ts`)
  const slow = 'test/plugins/app/http/slow-bodies.test.ts'
  t.same(batchesOf([...routes, slow, 'test/server.test.ts', 'test/web/a.test.ts']), {
    batches: [
      { name: 'test/routes/ 1', files: routes.slice(0, 8) },
      { name: 'test/routes/ 2', files: routes.slice(8) },
      { name: 'test/web/ 1', files: ['test/web/a.test.ts'] }
    ],
    alone: [slow, 'test/server.test.ts']
  })
})

t.test('every file of npm test runs once', async t => {
  const files = findFastFiles(join(import.meta.dirname, '..', '..', '..'))
  const { batches, alone } = batchesOf(files)
  t.same([...alone, ...batches.flatMap(({ files }) => files)].toSorted(), files.toSorted())
})
