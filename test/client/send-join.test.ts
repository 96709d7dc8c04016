import t from 'tap'
import { sendJoin } from '../../client/send-join.ts'
import { CodedError, type ErrorCode } from '../../contract/errors.ts'
import type { SendCommand } from '../../client/connection.ts'

/** A server that answers joins with a source with this error; null accepts them. */
function createServer(code: ErrorCode | null) {
  const joins: object[] = []
  const sendCommand = (async (_event: string, payload: object) => {
    joins.push(payload)
    if (code !== null && 'source' in payload) throw new CodedError(code, 'No.')
    return {}
  }) as SendCommand
  return { joins, sendCommand }
}

t.test('a join says how the user found the show', async t => {
  const { joins, sendCommand } = createServer(null)
  await sendJoin(sendCommand, 's', 'follow')
  await sendJoin(sendCommand, 's', undefined)
  t.same(joins, [{ showId: 's', source: 'follow' }, { showId: 's' }])
})

t.test('a server that does not know the source gets a join without it', async t => {
  const { joins, sendCommand } = createServer('VALIDATION')
  await sendJoin(sendCommand, 's', 'link')
  t.same(joins, [{ showId: 's', source: 'link' }, { showId: 's' }])
})

t.test('other refusals are refusals', async t => {
  const { joins, sendCommand } = createServer('BANNED')
  await t.rejects(sendJoin(sendCommand, 's', 'link'), { code: 'BANNED' })
  t.equal(joins.length, 1)
})
