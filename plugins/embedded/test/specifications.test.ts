/**
 * Runs the published tests of MongoDB's driver specifications against the store, through the real driver. Set
 * MONGODB_SPECS to a folder with the JSON files of the repository mongodb/specifications, in one folder for each suite.
 * MONGODB_SPECS_DETAILS=1 prints what became of each case.
 */
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { startScratchStore } from './backends.ts'
import { runCorpus, type CorpusFile } from './specifications/bson-corpus.ts'
import { readSuite, type SuiteFile } from './specifications/cases.ts'
import { runCase, type Outcome } from './specifications/run-case.ts'

const folder = process.env.MONGODB_SPECS
const showsDetails = process.env.MONGODB_SPECS_DETAILS !== undefined

/** Counts the outcomes of a suite. Each wrong one is a failure of the test. */
function createTally(t: Test, suite: string) {
  const counts: Record<Outcome['kind'], number> = { passed: 0, refused: 0, wrong: 0, 'not run': 0 }
  return {
    add: (title: string, { kind, reason }: Outcome) => {
      counts[kind]++
      if (showsDetails) t.comment([kind, title, reason].join(' | '))
      if (kind === 'wrong') t.fail(`${title}: ${reason}`)
    },
    finish: () => {
      const shown = Object.entries(counts).map(([kind, n]) => `${n} ${kind}`)
      t.comment(`${suite}: ${shown.join(', ')}`)
      t.ok(counts.passed + counts.refused > 0, 'cases ran')
    }
  }
}

async function runSuites(t: Test, folder: string): Promise<void> {
  const store = await startScratchStore(t)
  const admin = await MongoClient.connect(store.url)
  t.teardown(async () => {
    await admin.close()
    await store.close()
  })
  const { version } = await admin.db('admin').command({ buildInfo: 1 })

  for (const suite of ['crud', 'gridfs', 'index-management', 'collection-management']) {
    await t.test(suite, async t => {
      const tally = createTally(t, suite)
      for (const [name, file] of await readSuite<SuiteFile>(join(folder, suite))) {
        for (const test of file.tests) {
          tally.add(`${name} | ${test.description}`, await runCase(store.url, admin, version, file, test))
        }
      }
      tally.finish()
    })
  }

  await t.test('bson-corpus', async t => {
    const tally = createTally(t, 'bson-corpus')
    const collection = admin.db('specifications').collection('corpus')
    for (const [name, file] of await readSuite<CorpusFile>(join(folder, 'bson-corpus'))) {
      for await (const [title, outcome] of runCorpus(store.url, collection, file)) {
        tally.add(`${name} | ${title}`, outcome)
      }
    }
    tally.finish()
  })
}

t.test(
  'the tests of the driver specifications',
  { skip: folder === undefined && 'MONGODB_SPECS names no folder with them' },
  t => runSuites(t, folder ?? '')
)
