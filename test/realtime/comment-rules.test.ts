import t from 'tap'
import { signInAsGuest, grantFloor, joinShow, goLive, signIn } from '../users.ts'
import { isThroughEdge } from '../edge/edge-parts.ts'
import { sendComment } from './comment-steps.ts'
import { startApp, until } from './real-app.ts'

const { url } = await startApp(t, {
  AUTH_GUESTS: 'true',
  LIMIT_COMMENTS_PER_10S: '5',
  LIMIT_REACTIONS_PER_10S: '20'
})

// The home counts, so an edge reads the text and the membership first.
if (!isThroughEdge) {
  t.test('the limit of comments is checked before the text and the membership', async t => {
    const { showId } = await goLive(url)
    const { client } = await joinShow(url, showId)
    t.equal(
      await client.requestError('comment:send', { clientId: 'c0', text: '' }),
      'VALIDATION',
      'an invalid comment is not counted'
    )
    for (let n = 1; n <= 5; n++) await sendComment(client, `c${n}`)
    t.match(await client.requestRaw('comment:send', { clientId: 'c6', text: '' }), {
      ok: false,
      error: { code: 'RATE_LIMITED', retryAfterMs: Number }
    })
    t.equal((await sendComment(client, 'c1')).clientId, 'c1', 'a repetition is answered')
    await client.request('show:leave', {})
    t.equal(await client.requestError('comment:send', { clientId: 'c6', text: 'Outside' }), 'RATE_LIMITED')
    const { client: quiet } = await joinShow(url, showId)
    await quiet.request('show:leave', {})
    t.equal(await quiet.requestError('comment:send', { clientId: 'c1', text: 'Outside' }), 'NOT_IN_SHOW')
  })
}

t.test(
  'slow mode, mutes and closed comments apply to listeners but not to hosts, and guests cannot comment',
  async t => {
    const { creator, client: host, showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
    const { user, client } = await joinShow(url, showId)
    const first = await sendComment(client, 'a')
    const slow = await client.requestRaw('comment:send', { clientId: 'b', text: 'Too soon' })
    if (slow.ok || slow.error.code !== 'RATE_LIMITED') return t.fail(JSON.stringify(slow))
    t.ok(slow.error.retryAfterMs! > 500_000 && slow.error.retryAfterMs! <= 600_000)
    t.same(await sendComment(client, 'a'), first, 'slow mode does not apply to a repetition')
    const { client: quick } = await joinShow(url, showId)
    const repetitions = await Promise.all([sendComment(quick, 'twin'), sendComment(quick, 'twin')])
    t.same(repetitions[0], repetitions[1], 'nor to concurrent repetitions')
    const { client: eager } = await joinShow(url, showId)
    const answers = await Promise.all(
      ['a', 'b', 'c'].map(async clientId => await eager.requestRaw('comment:send', { clientId, text: 'At once' }))
    )
    t.equal(answers.filter(({ ok }) => ok).length, 1, 'concurrent comments do not evade slow mode')
    await sendComment(host, 'a')
    await sendComment(host, 'b')

    await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { slowModeMs: 0 } })
    await host.request('comment:mute', { userId: user.id, muted: true })
    await host.request('comment:mute', { userId: user.id, muted: true })
    await client.waitForEvent('comments:muted')
    t.equal(await client.requestError('comment:send', { clientId: 'c', text: 'x' }), 'FORBIDDEN')
    t.equal(await client.requestError('comment:mute', { userId: user.id, muted: false }), 'FORBIDDEN')
    t.equal(await host.requestError('comment:mute', { userId: 'nobody', muted: true }), 'NOT_FOUND')
    t.equal(await host.requestError('comment:mute', { userId: creator.id, muted: true }), 'FORBIDDEN')
    await host.request('comment:mute', { userId: user.id, muted: false })
    await sendComment(client, 'c')
    t.equal(
      host.queueEvents.filter(({ event }) => event.type === 'comments:muted').length,
      2,
      'a repeated mute changes nothing'
    )

    await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { comments: 'closed' } })
    t.equal(await client.requestError('comment:send', { clientId: 'd', text: 'x' }), 'FORBIDDEN')
    await sendComment(host, 'c')

    const guest = await (await signInAsGuest(url)).connect()
    await guest.join(showId)
    t.equal(await guest.requestError('comment:send', { clientId: 'a', text: 'x' }), 'FORBIDDEN')
    await guest.request('reaction:send', { emoji: '👏' })
  }
)

t.test('people on stage have a slow mode of their own', async t => {
  const { creator, client: host, showId } = await goLive(url, 'A show', { slowModeMs: 600_000 })
  const { client: speaker } = await joinShow(url, showId)
  await grantFloor(host, speaker)
  await sendComment(speaker, 'a')
  t.equal(await speaker.requestError('comment:send', { clientId: 'b', text: 'x' }), 'RATE_LIMITED', 'as listeners')
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { slowModeSpeakersMs: 0 } })
  await sendComment(speaker, 'b')
  await speaker.request('speak:stepDown', {})
  t.equal(await speaker.requestError('comment:send', { clientId: 'c', text: 'x' }), 'RATE_LIMITED', 'a listener again')
})

t.test('people outside the show cannot comment or react', async t => {
  const client = await (await signIn(url, 'Outside')).connect()
  t.equal(await client.requestError('comment:send', { clientId: 'a', text: 'x' }), 'NOT_IN_SHOW')
  t.equal(await client.requestError('comment:delete', { commentId: 'a' }), 'NOT_IN_SHOW')
  t.equal(await client.requestError('comment:mute', { userId: 'a', muted: true }), 'NOT_IN_SHOW')
  t.equal(await client.requestError('reaction:send', { emoji: '👏' }), 'NOT_IN_SHOW')
})

t.test('reactions are sent as counts, and limited for each person', async t => {
  const { client: host, showId } = await goLive(url)
  const { client } = await joinShow(url, showId)
  const counts: Record<string, number> = {}
  host.socket.on('reactions', batch => {
    for (const [emoji, n] of Object.entries(batch.counts)) counts[emoji] = (counts[emoji] ?? 0) + n
  })
  const answers = await Promise.all(
    Array.from(
      { length: 21 },
      async (_, n) => await client.requestRaw('reaction:send', { emoji: ['\u2764\ufe0f', '👏🏽', '\u2764', '👏🏽'][n % 4] })
    )
  )
  t.equal(answers.filter(({ ok }) => ok).length, 20)
  t.match(
    answers.find(({ ok }) => !ok),
    { error: { code: 'RATE_LIMITED', retryAfterMs: Number } }
  )
  await host.request('reaction:send', { emoji: '🎉' })
  await until(() => counts['🎉'] === 1)
  t.same(counts, { '❤️': 10, '👏🏽': 10, '🎉': 1 })
  for (const emoji of ['', 'a', '❤️❤️', '__proto__']) {
    t.equal(await host.requestError('reaction:send', { emoji }), 'VALIDATION')
    t.match(await host.requestRaw('reaction:send', { emoji: 'a' }), {
      error: { issues: [{ path: '/emoji', message: 'must be one emoji' }] }
    })
  }
  t.equal(await client.requestError('reaction:send', { emoji: '' }), 'RATE_LIMITED', 'the limit is checked first')
})
