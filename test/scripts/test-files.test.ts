import t, { type Test } from 'tap'

import { findTestFiles } from '../../scripts/test-files.ts'

function tree(t: Test) {
  return t.testdir({
    plugins: { embedded: { 'index.ts': '', test: { 'keys.test.ts': '' } } },
    test: {
      'app.test.ts': "import { startApp } from './realtime/real-app.ts'",
      e2e: { 'two-people.test.ts': "import { startServer } from '../server-process.ts'", 'browser.ts': '' },
      media: { 'worker.test.ts': '' },
      realtime: { room: { 'decide.test.ts': '' } }
    }
  })
}

t.test(
  'all tests are found, and those that need the machine for themselves, or the application, are set apart',
  async t => {
    t.same(findTestFiles(tree(t), []), {
      light: ['test/app.test.ts', 'test/realtime/room/decide.test.ts', 'plugins/embedded/test/keys.test.ts'],
      heavy: ['test/e2e/two-people.test.ts', 'test/media/worker.test.ts'],
      onStore: ['test/app.test.ts']
    })
  }
)

t.test('files and folders can be named', async t => {
  t.same(findTestFiles(tree(t), ['test/realtime', './test/e2e/two-people.test.ts']), {
    light: ['test/realtime/room/decide.test.ts'],
    heavy: ['test/e2e/two-people.test.ts'],
    onStore: []
  })
})

t.test('a name without tests is refused', async t => {
  t.throws(() => findTestFiles(tree(t), ['test/nowhere']), /No test files at test\/nowhere/)
})
