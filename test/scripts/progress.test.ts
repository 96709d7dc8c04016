import t from 'tap'

import { createProgress, percentOf, reportTo } from '../../scripts/progress.ts'

function render(isTTY: boolean, percents: readonly number[]) {
  const written: string[] = []
  const progress = createProgress('compiling', { isTTY, write: text => written.push(text) })
  percents.forEach(percent => progress.update(percent))
  progress.end()
  return written.join('')
}

t.test('a log gets one line for every tenth', async t => {
  t.equal(
    render(false, [0, 1, 9.9, 10.4, 35, 36, 100]),
    [0, 10, 30, 100].map(percent => `  compiling ${percent} %\n`).join('')
  )
})

t.test('a terminal redraws one line', async t => {
  t.equal(render(true, [0, 0.4, 1, 100]), '\r  compiling 0 %\r  compiling 1 %\r  compiling 100 %\n')
})

t.test('progress never decreases', async t => {
  t.equal(render(false, [50, 20]), '  compiling 50 %\n')
})

t.test('a report names each step and shows its progress', async t => {
  const written: string[] = []
  const report = reportTo({ write: text => written.push(text) })
  report.log('reading')
  const update = report.start('2 objects')
  update(percentOf(1, 2))
  report.finish()
  t.same(written, ['• reading\n', '• 2 objects\n', '  2 objects 50 %\n'])
  t.equal(percentOf(0, 0), 100)
})
