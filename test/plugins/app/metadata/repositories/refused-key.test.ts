import t from 'tap'
import type { CallQueue } from '../../../../../plugins/app/metadata/calls/call-queue.ts'
import { createRepositoryClient } from '../../../../../plugins/app/metadata/repositories/repository-client.ts'
import { startDiscogsStandIn } from '../../../../standins/discogs/server.ts'
import { signal } from './configured.ts'

t.test('a refused key is tried again after ten minutes, and told once until it is accepted', async t => {
  const { url, state, close } = await startDiscogsStandIn()
  t.teardown(close)
  let nowMs = 0
  const lines: string[] = []
  const calls: CallQueue = {
    run: async (call, limit) => await call(limit, () => {}),
    spareInMs: async () => 0
  }
  const client = createRepositoryClient({
    name: 'discogs',
    baseUrl: url,
    headers: { authorization: `Discogs token=${state.token}` },
    calls,
    logger: {
      warn: (_: object, line?: string) => lines.push(line ?? ''),
      info: (_: object, line?: string) => lines.push(line ?? '')
    },
    onAnswer() {},
    nowMs: () => nowMs
  })
  const ask = async () => await client.get('/artists/11', {}, body => body, signal())

  state.refusesKey = true
  await Promise.all([t.rejects(ask()), t.rejects(ask())])
  nowMs = 599_000
  await t.rejects(ask(), { message: 'discogs refused the key', retryAfterMs: 1000 })
  const asked = state.calls.length
  nowMs = 601_000
  await t.rejects(ask(), { message: 'discogs refused the key', retryAfterMs: 600_000 })
  t.equal(state.calls.length, asked + 1)
  t.same(lines, ['metadata repository refused the key'])
  await t.rejects(client.check(), new Error('discogs refuses the key'))

  state.refusesKey = false
  nowMs = 1_300_000
  t.ok(await ask())
  t.ok(await ask())
  await client.check()
  t.same(lines.slice(1), ['metadata repository accepts the key again'])
  state.refusesKey = true
  await t.rejects(ask())
  t.same(lines.slice(2), ['metadata repository refused the key'], 'told again after it was accepted')
})
