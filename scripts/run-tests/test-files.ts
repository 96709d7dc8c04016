import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { SetupError } from '../setup-error.ts'

/** Folders that hold test files, at any depth. */
const testFolders = ['test', 'plugins/embedded/test']

/** Folders with tests that drive browsers. Two of them run at a time, beside nothing else. */
const browserFolders = ['test/e2e/', 'test/sdk/']

/** Tests that measure times of media workers or browsers. They run beside nothing else. */
export const timedTests = [
  'test/media/',
  'test/e2e/ducking.test.ts',
  'test/e2e/hls.test.ts',
  'test/e2e/layout-shift.test.ts',
  'test/e2e/song-continuity.test.ts',
  'test/e2e/song-playback.test.ts',
  'test/e2e/sound-output.test.ts',
  'test/e2e/tap-to-sound.test.ts',
  'test/e2e/voice-file.test.ts'
]

/** Folders inside these with tests that measure nothing: the song player runs on a simulated clock. */
const lightFolders = ['test/media/player/']

/** Helpers with which tests start the application. */
export const applicationHelpers = ['test/realtime/real-app.ts', 'test/server-process.ts', 'test/operator-app.ts']

/** Helpers whose tests have more cases or runs at night. */
export const depthHelpers = ['test/depth.ts', 'test/e2e/accessibility.ts', 'test/plugins/external/storage-suite.ts']

/**
 * Tests that start the application and do not depend on its store: they test HTTP, media, documents, or delivery files.
 * They do not run a second time on MongoDB.
 */
export const sameOnEveryStore = [
  'test/app.test.ts',
  'test/attacks/malformed.test.ts',
  'test/attacks/session-description.test.ts',
  'test/deploy/',
  'test/docs/',
  'test/nginx/',
  'test/plugins/app/http/',
  'test/plugins/external/cors.test.ts',
  'test/plugins/external/docs.test.ts',
  'test/plugins/external/security-headers.test.ts',
  'test/routes/bad-tokens.test.ts',
  'test/routes/behind-a-proxy.test.ts',
  'test/routes/bodies.test.ts',
  'test/songs/mutated.test.ts'
]

export interface TestFiles {
  /** Files that run in parallel. */
  readonly light: readonly string[]
  /** Files that drive browsers, and run in parallel. */
  readonly browser: readonly string[]
  /** Files that measure times. */
  readonly timed: readonly string[]
  /** Light files whose outcome depends on the store. */
  readonly onStore: readonly string[]
}

/**
 * Finds the test files to run, relative to the root: those with the given names, or all.
 * @param names files, or folders that contain test files
 * @throws SetupError when a name matches no test file
 */
export function findTestFiles(root: string, names: readonly string[]): TestFiles {
  const files =
    names.length === 0
      ? testFolders.flatMap(folder => testsIn(root, folder))
      : [...new Set(names.flatMap(name => testsAt(root, name)))]
  const isTimed = (file: string) => startsWithAny(file, timedTests) && !startsWithAny(file, lightFolders)
  const isBrowser = (file: string) => startsWithAny(file, browserFolders) && !isTimed(file)
  const light = files.filter(file => !isTimed(file) && !isBrowser(file))
  const onStore = light.filter(file => startsApplication(root, file) && !startsWithAny(file, sameOnEveryStore))
  return { light, browser: files.filter(isBrowser), timed: files.filter(isTimed), onStore }
}

function startsWithAny(file: string, prefixes: readonly string[]): boolean {
  return prefixes.some(prefix => file.startsWith(prefix))
}

/** Returns whether a test file imports one of the helpers that start the application. */
export function startsApplication(root: string, file: string): boolean {
  return importsOneOf(root, file, applicationHelpers)
}

/** Returns whether a test file imports one of these files itself. */
export function importsOneOf(root: string, file: string, paths: readonly string[]): boolean {
  const imports = readFileSync(join(root, file), 'utf8').matchAll(/^(?:import\b[^']*|\} )from '(\.[^']+)'$/gm)
  return [...imports].some(([, path = '']) => paths.includes(join(file, '..', path)))
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
  return globSync(`${join(folder)}/**/*.test.ts`, { cwd: root, exclude: path => path.includes('node_modules') }).sort()
}
