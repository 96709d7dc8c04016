import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

import { installWorker } from '../../../scripts/worker/install.ts'
import { withWorkFolder } from '../../../scripts/worker/work-folder.ts'

t.test('a worker that does not run does not replace the installed worker', async t => {
  const folder = t.testdir({ broken: '#!/bin/sh\nexit 1\n', place: { worker: 'the good one' } })
  await t.rejects(installWorker(join(folder, 'broken'), join(folder, 'place/worker')), /does not run/)
  t.equal(readFileSync(join(folder, 'place/worker'), 'utf8'), 'the good one')
  t.same(readdirSync(join(folder, 'place')), ['worker'])
})

t.test('several setups can install at the same time', async t => {
  const folder = t.testdir({ worker: '#!/bin/sh\nexit 41\n' })
  const place = join(folder, 'place/worker')
  await Promise.all(Array.from({ length: 8 }, () => installWorker(join(folder, 'worker'), place)))
  t.same(readdirSync(join(folder, 'place')), ['worker'])
})

t.test('work folders are separate, and are removed also when the work fails', async t => {
  const cache = t.testdir()
  const folders = await Promise.all(
    [1, 2].map(content =>
      withWorkFolder(cache, async folder => {
        writeFileSync(join(folder, 'file'), `${content}`)
        return folder
      })
    )
  )
  t.equal(new Set(folders).size, 2)
  await t.rejects(
    withWorkFolder(cache, async () => {
      throw new Error('the compiler said no')
    }),
    /the compiler said no/
  )
  t.same(readdirSync(cache), [])
})
