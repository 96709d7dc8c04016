import t from 'tap'
import { openRestartShow } from './restart-show.ts'

t.test('a restart of the node behind NGINX interrupts a show and loses no comments', async t => {
  const show = await openRestartShow()
  t.teardown(show.close)
  const { audioGapMs, stoppingMs, startingMs, typed, acknowledged, lost, doubled, unseen } = await show.restart()
  t.comment(`stopping took ${Math.round(stoppingMs)} ms, starting ${Math.round(startingMs)} ms`)
  t.comment(`silent for ${Math.round(audioGapMs)} ms`)
  t.ok(typed > 0 && acknowledged > 0, `${typed} typed, ${acknowledged} acknowledged`)
  t.equal(lost, 0)
  t.equal(doubled, 0)
  t.equal(unseen, 0)
})
