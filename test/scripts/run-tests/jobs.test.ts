import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'

import { batchJob, checkJob, fileJob, runJobs, type Job } from '../../../scripts/run-tests/jobs.ts'

/** Runs a test file with this source. */
async function runFile(t: Test, source: string) {
  const root = t.testdir({ 'a.test.ts': `import t from 'tap'\n${source}` })
  const shown: string[] = []
  const durations: Record<string, number> = {}
  const job = fileJob('a.test.ts', {
    root,
    show: line => shown.push(line),
    onDuration: (name, ms) => (durations[name] = ms),
    exitTimeoutMs: 100
  })
  return { totals: await job.run(), shown, durations }
}

t.test('a passed file is one line and has a duration', async t => {
  const { totals, shown, durations } = await runFile(t, 't.ok(true)')
  t.same(totals, { passed: 1, failed: 0, skipped: 0 })
  t.match(shown, [/^✓ a.test.ts \d+ms$/])
  t.match(durations, { 'a.test.ts': Number })
})

t.test('a failed file shows the failed assertion', async t => {
  const { totals, shown } = await runFile(t, "t.ok(true, 'fine'); t.ok(false, 'broken')")
  t.same(totals, { passed: 1, failed: 1, skipped: 0 })
  t.ok(shown.includes('not ok 2 - broken'))
  t.notOk(shown.some(line => line.startsWith('ok 1')))
  t.match(shown.at(-1), /^✗ a.test.ts/)
})

t.test('a file that exits early has failed', async t => {
  const { totals, shown } = await runFile(t, "t.test('never ends', () => new Promise(() => process.exit(0)))")
  t.match(totals, { failed: 1 })
  t.match(shown.at(-1), /^✗ a.test.ts/)
})

t.test('a file that exits with another code than 0 has failed, whatever its assertions', async t => {
  const { totals } = await runFile(t, "t.ok(true); process.on('exit', () => { process.exitCode = 3 })")
  t.same(totals, { passed: 1, failed: 1, skipped: 0 })
})

t.test('a file that keeps something open after its last test has failed', async t => {
  const { totals, shown } = await runFile(t, 't.ok(true); t.end(); setInterval(() => {}, 1000)')
  t.same(totals, { passed: 1, failed: 1, skipped: 0 })
  t.match(shown, [/did not exit within 100 ms/, /^✗ a.test.ts/])
})

t.test('an uncaught error fails the running test that it belongs to, and no other', async t => {
  const { totals, shown } = await runFile(
    t,
    `const forever = () => new Promise(resolve => setTimeout(resolve, 60_000).unref())
    const later = async () => { await new Promise(setImmediate); throw new Error('in a promise') }
    t.test('timer', async () => { setTimeout(() => { throw new Error('in a timer') }); await forever() })
    t.test('promise', async () => { void later(); await forever() })
    t.test('outer', async t => {
      await t.test('inner', async () => { setImmediate(() => { throw new Error('inside') }); await forever() })
      await t.test('next', async t => t.pass('not affected'))
    })
    t.test('ended', async t => { setTimeout(() => { throw new Error('too late') }, 50); t.pass('in time') })
    t.test('last', async t => { await new Promise(resolve => setTimeout(resolve, 200)); t.pass('not affected') })`
  )
  t.same(totals, { passed: 3, failed: 4, skipped: 0 })
  const failed = shown.filter(line => /^ *not ok/.test(line)).map(line => line.trim().replace(/ # time=.*/, ''))
  t.same(failed, [
    'not ok 1 - in a timer',
    'not ok 1 - timer',
    'not ok 1 - in a promise',
    'not ok 2 - promise',
    'not ok 1 - inside',
    'not ok 1 - inner',
    'not ok 3 - outer',
    'not ok 6 - too late'
  ])
})

t.test('test files do without hooks for promises', async t => {
  const { shown } = await runFile(
    t,
    `import { executionAsyncId } from 'node:async_hooks'
    await null
    const id = executionAsyncId()
    await null
    t.equal(executionAsyncId(), id, 'with hooks, each continuation has an id of its own')`
  )
  t.match(shown, [/^✓/])
})

t.test('the files of a batch run one after another, each with its own test and end', async t => {
  const source = (name: string, more: string) => `import t from 'tap'
    globalThis.open ??= new Set()
    t.equal(globalThis.open.size, 0, 'what the file before opened is closed')
    globalThis.open.add('${name}')
    t.teardown(() => globalThis.open.delete('${name}'))
    t.test('later', async t => { await new Promise(setImmediate); ${more} })`
  const root = t.testdir({
    'a.test.ts': source('a', 't.pass()'),
    'b.test.ts': source('b', "t.fail('broken in b')"),
    'c.test.ts': source('c', 't.pass()')
  })
  const shown: string[] = []
  const durations: string[] = []
  const options = { root, show: (line: string) => shown.push(line), onDuration: (name: string) => durations.push(name) }
  t.match(await batchJob('batch', ['a.test.ts', 'b.test.ts', 'c.test.ts'], options).run(), { passed: 5, failed: 1 })
  t.same(durations, ['a.test.ts', 'b.test.ts', 'c.test.ts', 'batch'])
  t.match(
    shown.filter(line => /^[✓✗]/.test(line)),
    [/^✓ a/, /^✗ b/, /^✓ c/, /^✗ batch/]
  )
  t.match(shown.join('\n'), 'broken in b')
})

t.test('a check counts as one test and shows its output when it fails', async t => {
  const shown: string[] = []
  const options = { root: t.testdir(), show: (line: string) => shown.push(line), onDuration() {} }
  t.match(await checkJob('good', ['-e', 'console.log(1)'], options).run(), { passed: 1, failed: 0 })
  t.match(await checkJob('bad', ['-e', 'console.log(2); process.exit(1)'], options).run(), { passed: 0, failed: 1 })
  t.match(shown, [/^✓ good/, '2', /^✗ bad/])
})

/** Returns five jobs that note when they run. */
function countedJobs() {
  const started: string[] = []
  const counts = { running: 0, max: 0 }
  const jobs = ['a', 'b', 'c', 'd', 'e'].map((name): Job => ({
    name,
    async run() {
      started.push(name)
      counts.max = Math.max(counts.max, ++counts.running)
      for (let turn = 0; turn < 5; turn++) await nextTurn()
      counts.running--
      return { passed: 1, failed: 0, skipped: 0 }
    }
  }))
  return { jobs, started, counts }
}

t.test('jobs start in their order, with at most the given number in parallel', async t => {
  const { jobs, started, counts } = countedJobs()
  t.same(await runJobs(jobs, 2), { passed: 5, failed: 0, skipped: 0 })
  t.same(started, ['a', 'b', 'c', 'd', 'e'])
  t.equal(counts.max, 2)
})

t.test('while the processors are idle, spare jobs run too, each once', async t => {
  for (const [idle, max] of [
    [true, 3],
    [false, 1]
  ] as const) {
    const { jobs, started, counts } = countedJobs()
    const isIdle = async () => await nextTurn().then(() => idle)
    t.same(await runJobs(jobs, 1, { maxSpare: 2, isIdle }), { passed: 5, failed: 0, skipped: 0 })
    t.same(started, ['a', 'b', 'c', 'd', 'e'])
    t.equal(counts.max, max)
  }
})

t.test('the error of a spare job is that of the run', async t => {
  const failing: Job = { name: 'stopped', run: async () => await Promise.reject(new Error('Stopped.')) }
  const { jobs } = countedJobs()
  const run = runJobs([jobs[0]!, failing], 1, { maxSpare: 1, isIdle: async () => await nextTurn().then(() => true) })
  await t.rejects(run, /Stopped/)
})
