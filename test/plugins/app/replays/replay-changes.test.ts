import t from 'tap'
import { tonesIn } from '../../../goertzel.ts'
import { sendRequest } from '../../../http-request.ts'
import { recordShow } from '../../../recorded-show.ts'
import { signIn } from '../../../users.ts'
import { audioOf, mixedReplay, planShowWithSong } from './recorded.ts'

const { app, url, creator, songId, planned } = await planShowWithSong(t)

t.test('trimming mixes anew, and what was cut off stays away', async t => {
  const { showId, startedAtMs } = await recordShow(app, planned)
  const path = `/v1/shows/${showId}/replay`
  const { version } = await mixedReplay(app, creator, showId)
  const tooMuch = { trim: { startMs: 15_500, endMs: 0 }, version }
  t.equal((await sendRequest(url, 'PATCH', path, { token: creator.token, body: tooMuch })).status, 400)
  await creator.rest('PATCH', path, { trim: { startMs: 2000, endMs: 5000 }, version })
  const trimmed = await mixedReplay(app, creator, showId)
  t.match(trimmed, { durationMs: 9000, untrimmedMs: 16_000, trim: { startMs: 2000, endMs: 5000 } })
  t.same(trimmed.stretches, [{ atMs: 0, durationMs: 9000, showAt: startedAtMs + 2000 }])
  const sound = await audioOf(t, url, trimmed.audio[0]?.url ?? '')
  t.ok(Math.abs(sound.durationMs - 9000) < 60)
})

t.test('a song whose right was withdrawn is not served any more', async t => {
  const { showId } = await recordShow(app, planned)
  const before = await mixedReplay(app, creator, showId)
  await creator.rest('PATCH', `/v1/songs/${songId}`, { mayReplay: false })
  t.equal((await fetch(url + (before.audio[0]?.url ?? ''))).status, 404, 'at once')
  const after = await mixedReplay(app, creator, showId)
  t.match(after.items, [{ played: false }])
  const sound = await audioOf(t, url, after.audio[0]?.url ?? '')
  t.same(tonesIn(sound, 2500), [])
  t.equal(tonesIn(sound, 1000).length, 1)
  await creator.rest('PATCH', `/v1/songs/${songId}`, { mayReplay: true })
})

t.test('an erased speaker is not heard any more', async t => {
  const leaving = await signIn(url, 'Leaving')
  const { showId } = await recordShow(app, {
    ...planned,
    stints: [...planned.stints, { userId: leaving.id, atMs: 11_000, durationMs: 4000, frequency: 700 }]
  })
  const before = await mixedReplay(app, creator, showId)
  t.equal(before.speakers.length, 3)
  await leaving.rest('DELETE', '/v1/users/me')
  t.equal((await fetch(url + (before.audio[0]?.url ?? ''))).status, 404, 'at once')
  const after = await mixedReplay(app, creator, showId)
  t.equal(after.speakers.length, 2)
  const sound = await audioOf(t, url, after.audio[0]?.url ?? '')
  t.same(tonesIn(sound, 700), [])
})
