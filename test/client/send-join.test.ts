import t from 'tap'
import { sendJoin } from '../../client/send-join.ts'
import { CodedError, type ErrorCode } from '../../contract/errors.ts'
import type { SendCommand } from '../../client/connection.ts'

const receive = { rtpCapabilities: {} }

/** A server that answers joins with one of these fields with this error; null accepts all. */
function createServer(code: ErrorCode | null, unknown: readonly string[] = ['source', 'receive', 'levels']) {
  const joins: object[] = []
  const sendCommand = (async (_event: string, payload: object) => {
    joins.push(payload)
    if (code !== null && unknown.some(field => field in payload)) throw new CodedError(code, 'No.')
    return {}
  }) as SendCommand
  return { joins, sendCommand }
}

t.test('a join says how the user found the show, and what it takes to receive', async t => {
  const { joins, sendCommand } = createServer(null)
  await sendJoin(sendCommand, { showId: 's', source: 'follow', receive, levels: false })
  await sendJoin(sendCommand, { showId: 's', source: undefined, receive: undefined })
  t.same(joins, [{ showId: 's', source: 'follow', receive, levels: false }, { showId: 's' }])
})

t.test('a server that cannot receive with the join still learns the source', async t => {
  for (const order of [{ receive }, { levels: true }, { receive, levels: false }]) {
    const { joins, sendCommand } = createServer('VALIDATION', ['receive', 'levels'])
    await sendJoin(sendCommand, { showId: 's', source: 'link', ...order })
    t.same(joins, [
      { showId: 's', source: 'link', ...order },
      { showId: 's', source: 'link' }
    ])
  }
})

t.test('a server that knows neither gets a join without them', async t => {
  const { joins, sendCommand } = createServer('VALIDATION')
  await sendJoin(sendCommand, { showId: 's', source: 'link', receive })
  t.same(joins.at(-1), { showId: 's' })
  t.equal(joins.length, 3)
})

t.test('other refusals are refusals', async t => {
  const { joins, sendCommand } = createServer('BANNED')
  await t.rejects(sendJoin(sendCommand, { showId: 's', source: 'link', receive }), { code: 'BANNED' })
  t.equal(joins.length, 1)
})
