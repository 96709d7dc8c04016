import t from 'tap'

import { addTotals, totalsLine } from '../../../scripts/run-tests/totals.ts'

t.test('the totals line has skipped tests only when there are any', async t => {
  t.equal(totalsLine({ passed: 3, failed: 0, skipped: 0 }), '3 passed, 0 failed')
  t.equal(
    totalsLine(addTotals({ passed: 3, failed: 0, skipped: 1 }, { passed: 1, failed: 2, skipped: 0 })),
    '4 passed, 2 failed, 1 skipped'
  )
})
