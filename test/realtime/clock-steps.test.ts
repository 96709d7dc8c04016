import t from 'tap'
import { goLive, joinShow } from '../users.ts'
import { sendComment } from './comment-steps.ts'
import { startApp } from './real-app.ts'

const { now } = Date
t.teardown(() => {
  Date.now = now
})

t.test('a step of the wall clock changes no rate window', async t => {
  const { url } = await startApp(t, {
    LIMIT_COMMENTS_PER_10S: '1',
    LIMIT_REACTIONS_PER_10S: '1',
    LIMIT_SPEAK_REQUESTS_PER_MINUTE: '1',
    LIMIT_EVENTS_PER_10S: '6'
  })
  const { showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  await sendComment(client, 'first')
  await client.request('reaction:send', { emoji: '❤️' })
  await client.request('speak:request', {})
  const refusals = async () => [
    await client.requestRaw('comment:send', { clientId: 'next', text: 'Next' }),
    await client.requestRaw('reaction:send', { emoji: '❤️' }),
    await client.requestRaw('speak:request', {})
  ]
  // The client is in this process. It would close its socket after a larger step ahead.
  for (const stepMs of [11_000, -3_600_000]) {
    Date.now = () => now() + stepMs
    for (const answer of await refusals()) {
      t.match(answer, { ok: false, error: { code: 'RATE_LIMITED' } }, `a step by ${stepMs} ms`)
      if (answer.ok) continue
      const { retryAfterMs = 0 } = answer.error
      t.ok(Number.isInteger(retryAfterMs) && retryAfterMs > 0 && retryAfterMs <= 60_000, String(retryAfterMs))
    }
  }
  Date.now = now
})

t.test('slow mode lets people comment after the clock was set back', async t => {
  const { url } = await startApp(t)
  const { showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
  const { client } = await joinShow(url, showId)
  await sendComment(client, 'first')
  t.equal(await client.requestError('comment:send', { clientId: 'second', text: 'Too soon' }), 'RATE_LIMITED')
  Date.now = () => now() - 3_600_000
  t.equal((await sendComment(client, 'second')).clientId, 'second')
  t.equal(await client.requestError('comment:send', { clientId: 'third', text: 'Too soon' }), 'RATE_LIMITED')
  Date.now = now
})
