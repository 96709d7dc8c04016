import t from 'tap'

import { createProgress } from '../../scripts/progress.ts'

function paint(isTTY: boolean, percents: readonly number[]) {
  const written: string[] = []
  const progress = createProgress('compiling', { isTTY, write: text => written.push(text) })
  percents.forEach(percent => progress.update(percent))
  progress.end()
  return written.join('')
}

t.test('a log gets a line for every tenth', async t => {
  t.equal(
    paint(false, [0, 1, 9.9, 10.4, 35, 36, 100]),
    [0, 10, 30, 100].map(percent => `  compiling ${percent} %\n`).join('')
  )
})

t.test('a terminal has one line that is redrawn', async t => {
  t.equal(paint(true, [0, 0.4, 1, 100]), '\r  compiling 0 %\r  compiling 1 %\r  compiling 100 %\n')
})

t.test('progress never goes back', async t => {
  t.equal(paint(false, [50, 20]), '  compiling 50 %\n')
})
