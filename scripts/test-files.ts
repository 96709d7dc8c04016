import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { SetupError } from './setup-error.ts'

/** The folders whose tests drive browsers or media workers, and so have the machine for themselves. */
const heavyFolders = ['test/e2e/', 'test/media/']

/** The folders that hold all tests: the project's own, and those of its workspaces. */
const testFolders = ['test', 'plugins/embedded/test']

/** What tests start the application with. */
const startsApp = /from '[^']*(real-app|server-process|operator-app)\.ts'/

export interface TestFiles {
  /** Run side by side. */
  readonly light: readonly string[]
  /** Run one after the other. */
  readonly heavy: readonly string[]
  /** Those of the light ones that start the application: what they show depends on the store. */
  readonly onStore: readonly string[]
}

/**
 * The test files to run, relative to the root: those that are named, or all.
 * @param named files, or folders with test files in them
 * @throws SetupError when nothing is found for one of the names
 */
export function findTestFiles(root: string, named: readonly string[]): TestFiles {
  const files =
    named.length === 0
      ? testFolders.flatMap(folder => testsIn(root, folder))
      : named.flatMap(name => testsAt(root, name))
  const isHeavy = (file: string) => heavyFolders.some(folder => file.startsWith(folder))
  const light = files.filter(file => !isHeavy(file))
  const onStore = light.filter(file => startsApp.test(readFileSync(join(root, file), 'utf8')))
  return { light, heavy: files.filter(isHeavy), onStore }
}

function testsAt(root: string, name: string): string[] {
  const found = statSync(join(root, name), { throwIfNoEntry: false })
  const files = found?.isDirectory() ? testsIn(root, name) : found ? [join(name)] : []
  if (files.length === 0) {
    throw new SetupError(
      `No test files at ${name}. Name files or folders, like test/media or test/scripts/progress.test.ts.`
    )
  }
  return files
}

function testsIn(root: string, folder: string): string[] {
  return globSync(`${join(folder)}/**/*.test.ts`, { cwd: root }).sort()
}
