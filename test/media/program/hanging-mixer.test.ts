import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { startProgramEncoder } from '../../../media/program/program-encoder.ts'

t.test('a mixer that hangs is killed, and another run follows', async t => {
  const events = new EventEmitter<{ bytes: []; crash: [string] }>()
  const encoder = startProgramEncoder({
    onRun() {},
    onBytes: () => events.emit('bytes'),
    onCrash: reason => events.emit('crash', reason)
  })
  t.teardown(() => encoder.close())
  await once(events, 'bytes')
  const hanging = encoder.pid!
  process.kill(hanging, 'SIGSTOP')
  const [reason] = await once(events, 'crash')
  t.match(reason, /SIGKILL/)
  await once(events, 'bytes')
  t.not(encoder.pid, hanging)
})
