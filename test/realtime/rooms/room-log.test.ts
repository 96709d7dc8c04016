import t from 'tap'
import { createRoomLog } from '../../../realtime/rooms/room-log.ts'

t.test('what was given up when the room closed is not told to be stored', async t => {
  const said: string[] = []
  const say = (_about: object, text: string) => {
    said.push(text)
  }
  const log = createRoomLog({ warn: say, error: say } as never)
  log.write('first', async () => {})
  await log.stored()
  log.write('second', async () => {
    throw new Error('away')
  })
  const answered = log.stored()
  answered.catch(() => {})
  await log.close()
  await t.rejects(answered, { code: 'UNAVAILABLE' })
  t.equal(log.pending, 0)
  t.match(said.at(-1), /given up/)
})
