import t from 'tap'

import { addTotals, createTapReader, totalsLine } from '../../scripts/tap-summary.ts'

function read(written: string) {
  const shown: string[] = []
  const reader = createTapReader(line => shown.push(line))
  written.split('\n').forEach(reader.read)
  return { shown, totals: reader.totals() }
}

t.test('a file that passes is one line', async t => {
  const { shown, totals } = read(`TAP version 14
# Subtest: test/a.test.ts
    # Subtest: inner
        ok 1 - is one
        1..1
    ok 1 - inner # time=3ms
    1..1
ok 1 - test/a.test.ts # time=34.2ms

1..1
# { total: 1, pass: 1 }`)
  t.same(shown, ['✓ test/a.test.ts 34.2ms'])
  t.same(totals, { passed: 1, failed: 0, skipped: 0 })
})

t.test('a file that fails shows everything but what passed, and how it ended', async t => {
  const { shown, totals } = read(`# Subtest: test/a.test.ts
    ok 1 - is one
    not ok 2 - is two
      ---
      diff: 1 is not 2
      ...
    1..2
not ok 1 - test/a.test.ts # time=34ms
  ---
  cwd: /somewhere
  exitCode: 1
  signal: null
  ...

# { total: 2, pass: 1, fail: 1 }`)
  t.same(shown, [
    '# Subtest: test/a.test.ts',
    '    not ok 2 - is two',
    '      ---',
    '      diff: 1 is not 2',
    '      ...',
    '✗ test/a.test.ts 34ms',
    '  exitCode: 1'
  ])
  t.same(totals, { passed: 1, failed: 1, skipped: 0 })
})

t.test('what is skipped or still to write is shown and counted as skipped', async t => {
  const { shown, totals } = read(`# Subtest: test/a.test.ts
    ok 1 - one # SKIP no network
    ok 2 - two # TODO
ok 1 - test/a.test.ts # time=1ms
ok 2 - test/b.test.ts # SKIP no tests found
# { total: 3, skip: 2, todo: 1 }`)
  t.same(shown, [
    '    ok 1 - one # SKIP no network',
    '    ok 2 - two # TODO',
    '✓ test/a.test.ts 1ms',
    '✓ test/b.test.ts # SKIP no tests found'
  ])
  t.same(totals, { passed: 0, failed: 0, skipped: 3 })
})

t.test('a run that ends before its totals has none', async t => {
  t.equal(read('# Subtest: test/a.test.ts\n    ok 1 - is one').totals, undefined)
})

t.test('the last line names what was skipped only when something was', async t => {
  t.equal(totalsLine({ passed: 3, failed: 0, skipped: 0 }), '3 passed, 0 failed')
  t.equal(
    totalsLine(addTotals({ passed: 3, failed: 0, skipped: 1 }, { passed: 1, failed: 2, skipped: 0 })),
    '4 passed, 2 failed, 1 skipped'
  )
})
