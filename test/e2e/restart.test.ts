import t from 'tap'
import { openRestartShow } from './restarting.ts'

t.test('a restart of the node behind NGINX interrupts a show and loses nothing that was said', async t => {
  const show = await openRestartShow()
  t.teardown(show.close)
  const { audioGapMs, awayMs, typed, acknowledged, lost, doubled, unseen } = await show.restart()
  t.comment(`away for ${Math.round(awayMs)} ms, silent for ${Math.round(audioGapMs)} ms`)
  t.ok(typed > 0 && acknowledged > 0, `${typed} typed, ${acknowledged} acknowledged`)
  t.equal(lost, 0)
  t.equal(doubled, 0)
  t.equal(unseen, 0)
})
