import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'

/*
 * Runs the test files of TEST_FILES, separated by spaces, one after another in this process. Each file gets a test of
 * its own instead of tap's root, so that its parts are closed before the next file begins. The modules of the server
 * are loaded and compiled once.
 */
const fileTimeoutMs = Number(process.env.TAP_TIMEOUT ?? 300) * 1000
const files = (process.env.TEST_FILES ?? '').split(' ').map(file => ({ file, url: pathToFileURL(resolve(file)).href }))
const scheme = 'test-of-file:'
const tests = new Map<string, Test>()
Object.assign(globalThis, { testOfFile: (url: string) => tests.get(url) })

registerHooks({
  resolve(specifier, context, next) {
    const isOfFile = specifier === 'tap' && files.some(({ url }) => url === context.parentURL)
    return isOfFile
      ? { url: `${scheme}${context.parentURL}`, format: 'module', shortCircuit: true }
      : next(specifier, context)
  },
  load(url, context, next) {
    if (!url.startsWith(scheme)) return next(url, context)
    const source = `export default testOfFile(${JSON.stringify(url.slice(scheme.length))})`
    return { source, format: 'module', shortCircuit: true }
  }
})

t.setTimeout(files.length * fileTimeoutMs)
for (const { file, url } of files) {
  await t.test(file, { timeout: fileTimeoutMs }, async t => {
    tests.set(url, t)
    await import(url)
  })
}
