import t from 'tap'

import { createTapReport } from '../../../scripts/run-tests/tap-report.ts'

function read(written: string) {
  let ends = 0
  const report = createTapReport(() => ends++)
  written.split('\n').forEach(report.read)
  return { report, ends }
}

t.test('a passed file shows nothing and has its totals', async t => {
  const { report, ends } = read(`TAP version 14
# Subtest: inner
    ok 1 - is one
    1..1
ok 1 - inner # time=3ms

1..1
# { total: 1, pass: 1 }
# time=34.2ms`)
  t.same(report.lines(false), [])
  t.same(report.totals(), { passed: 1, failed: 0, skipped: 0 })
  t.equal(ends, 1)
})

t.test('a failed file shows everything except passed tests', async t => {
  const { report } = read(`TAP version 14
ok 1 - is one
not ok 2 - is two
  ---
  diff: 1 is not 2
  ...
1..2
# { total: 2, pass: 1, fail: 1 }
# time=34ms`)
  t.same(report.lines(true), ['not ok 2 - is two', '  ---', '  diff: 1 is not 2', '  ...'])
  t.same(report.totals(), { passed: 1, failed: 1, skipped: 0 })
})

t.test('skipped tests and tests marked as todo are shown and counted as skipped', async t => {
  const { report } = read(`# Subtest: inner
    ok 1 - one # SKIP no network
    ok 2 - two # TODO
ok 1 - inner
# { total: 2, skip: 1, todo: 1 }`)
  t.same(report.lines(false), ['    ok 1 - one # SKIP no network', '    ok 2 - two # TODO'])
  t.same(report.totals(), { passed: 0, failed: 0, skipped: 2 })
})

t.test('a file without tests counts as skipped', async t => {
  t.same(read('TAP version 14\n1..0 # no tests found').report.totals(), { passed: 0, failed: 0, skipped: 1 })
})

t.test('a file that ends before its footer has no totals', async t => {
  const { report, ends } = read('# Subtest: inner\n    ok 1 - is one')
  t.equal(report.totals(), undefined)
  t.equal(ends, 0)
})
