import { globSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

import { mongoFiles, recordsFiles } from '../../../scripts/run-tests/second-passes.ts'
import { findFastFiles, findSlowFiles, slowTests } from '../../../scripts/run-tests/slow-tests.ts'
import {
  applicationHelpers,
  findTestFiles,
  sameOnEveryStore,
  startsApplication,
  timedTests
} from '../../../scripts/run-tests/test-files.ts'

const root = join(import.meta.dirname, '..', '..', '..')

function tree(t: Test) {
  return t.testdir({
    test: {
      'users.test.ts': "import { startApp } from './realtime/real-app.ts'",
      docs: { 'program.test.ts': "import {\n  startServer\n} from '../server-process.ts'" },
      e2e: {
        'hls.test.ts': '',
        'two-people.test.ts': "import { startServer } from '../server-process.ts'",
        'browser.ts': ''
      },
      media: { 'worker.test.ts': '', player: { 'pacer.test.ts': '' } },
      realtime: { room: { 'decide.test.ts': '' } }
    },
    plugins: { embedded: { test: { 'store.test.ts': '' }, node_modules: { other: { 'other.test.ts': '' } } } }
  })
}

t.test('files are grouped by how they run', async t => {
  t.same(findTestFiles(tree(t), []), {
    light: [
      'test/docs/program.test.ts',
      'test/media/player/pacer.test.ts',
      'test/realtime/room/decide.test.ts',
      'test/users.test.ts',
      'plugins/embedded/test/store.test.ts'
    ],
    browser: ['test/e2e/two-people.test.ts'],
    timed: ['test/e2e/hls.test.ts', 'test/media/worker.test.ts'],
    onStore: ['test/users.test.ts']
  })
})

t.test('files and folders can be named', async t => {
  t.same(findTestFiles(tree(t), ['test/realtime', './test/e2e/two-people.test.ts', 'test/realtime/room']), {
    light: ['test/realtime/room/decide.test.ts'],
    browser: ['test/e2e/two-people.test.ts'],
    timed: [],
    onStore: []
  })
})

t.test('a name without tests is an error', async t => {
  t.throws(() => findTestFiles(tree(t), ['test/nowhere']), /No test files at test\/nowhere/)
})

t.test('the lists name files of this project', async t => {
  for (const helper of applicationHelpers) t.same(globSync(helper, { cwd: root }), [helper])
  for (const path of timedTests) t.same(globSync(path, { cwd: root }).length, 1, path)
  const starting = globSync('{test,plugins/embedded/test}/**/*.test.ts', { cwd: root }).filter(file =>
    startsApplication(root, file)
  )
  for (const prefix of [...sameOnEveryStore, ...mongoFiles, ...recordsFiles]) {
    t.ok(
      starting.some(file => file.startsWith(prefix)),
      prefix
    )
  }
})

t.test('npm test leaves out slow tests only, and another file that it runs holds the behaviour of each', async t => {
  const fast = findFastFiles(root)
  const slow = findSlowFiles(root)
  const { light, browser, timed } = findTestFiles(root, [])
  t.same([...fast, ...Object.keys(slowTests)].toSorted(), [...light, ...browser, ...timed].toSorted())
  for (const [file, holding] of Object.entries(slowTests)) {
    t.ok(slow.includes(file), file)
    t.ok(fast.includes(holding), `${holding} holds the behaviour of ${file}`)
  }
})

t.test('tests with more cases at night run in both', async t => {
  for (const file of ['test/realtime/room/properties.test.ts', 'test/e2e/axe-pages.test.ts']) {
    t.ok(findFastFiles(root).includes(file) && findSlowFiles(root).includes(file), file)
  }
})
