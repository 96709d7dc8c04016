import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'

/** Starts media-process.ts, sends it SIGTERM when it is ready, and returns its next lines. Kills it after the test. */
async function linesAfterSignal(t: Test, reaction: string): Promise<AsyncIterator<string>> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'media-process.ts'), [reaction], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc']
  })
  t.teardown(async () => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  t.equal((await lines.next()).value, 'ready')
  child.kill('SIGTERM')
  return lines
}

t.test(
  'the workers keep running when the server receives SIGTERM, so that shows are heard while they drain',
  async t => {
    const lines = await linesAfterSignal(t, 'open a show')
    t.equal((await lines.next()).value, 'opened')
  }
)

t.test('a worker that is closed but not reported dead does not block the event loop', { timeout: 60_000 }, async t => {
  const lines = await linesAfterSignal(t, 'open a show on a closed worker')
  t.equal((await lines.next()).value, 'event loop is running')
})
