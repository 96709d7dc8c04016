import t from 'tap'
import type { Page } from '../../../../contract/paging.ts'
import type { ReplayComment } from '../../../../contract/replays.ts'
import { openComments } from '../../../../plugins/app/comments/comment-records.ts'
import { openTranscriptTables } from '../../../../plugins/app/transcripts/documents.ts'
import { sendRequest } from '../../../http-request.ts'
import { recordShow } from '../../../recorded-show.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { signIn } from '../../../users.ts'
import { mixedReplay } from './recorded.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Ana <3')
const fan = await signIn(url, 'Fan')
const mentionOf = (userId: string) => ({ userId, name: 'Somebody' })

t.test('a replay of a private show has captions, comments and reactions at their places, by ticket', async t => {
  const startedAtMs = Date.now() - 100_000
  const { showId, stintIds } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 12_000,
    startedAtMs,
    visibility: 'private',
    recordedMs: [2000, 10_000],
    stints: [{ userId: creator.id, atMs: 2000, durationMs: 8000, frequency: 440 }]
  })
  const path = `/v1/shows/${showId}/replay`
  const { comments } = await openComments(app.records)
  await comments.insertEach(
    [1000, 3000, 7000, 11_000].map(atMs => ({
      ...{ _id: `comment-${atMs}`, showId, authorId: creator.id, clientId: `c${atMs}`, text: `At ${atMs}` },
      ...{ createdAt: new Date(startedAtMs + atMs), deletedAt: atMs === 7000 ? new Date() : null },
      ...(atMs === 3000 && { replyTo: 'comment-1000', mentions: [fan.id, 'erased'].map(mentionOf) })
    }))
  )
  const audience = app.audienceLog.openWriter(showId)
  audience.add({ type: 'reactions:counted', count: 3 }, startedAtMs + 5000)
  audience.add({ type: 'reactions:counted', count: 9 }, startedAtMs + 11_000)
  await audience.flush()
  const { segments } = await openTranscriptTables(app.db)
  await segments.insertOne({
    ...{ _id: 'segment', showId, stintId: stintIds[0] ?? '', userId: creator.id },
    ...{ createdAt: new Date(startedAtMs + 4000), to: startedAtMs + 6000, text: 'Hello & welcome', words: ['hello'] }
  })
  await mixedReplay(app, creator, showId)
  await creator.rest('POST', `${path}/mix`)
  const replay = await mixedReplay(app, creator, showId)

  const { items } = await creator.rest<Page<ReplayComment>>('GET', `${path}/comments`)
  t.same(
    items.map(({ atMs, comment }) => [atMs, comment.text]),
    [[1000, 'At 3000']],
    'only those of the recorded time that are not deleted'
  )
  t.match(items[0]?.comment.replyTo, { id: 'comment-1000', author: { id: creator.id }, excerpt: 'At 1000' })
  t.same(items[0]?.comment.mentions, [mentionOf(fan.id)], 'an erased account is mentioned no more')
  t.same((await creator.rest<Page<ReplayComment>>('GET', `${path}/comments?fromMs=1001`)).items, [])
  t.same(await creator.rest('GET', `${path}/reactions`), { intervalMs: 2000, items: [{ atMs: 2000, count: 3 }] })

  t.match(replay.captionsUrl, /captions\.vtt\?ticket=/)
  const captions = await fetch(url + replay.captionsUrl)
  t.equal(captions.headers.get('cache-control'), 'private, no-cache')
  t.not(captions.headers.get('access-control-allow-origin'), '*')
  t.match(captions.headers.get('content-type'), /^text\/vtt/)
  t.match(await captions.text(), /00:00:02\.000 --> 00:00:04\.000\n<v Ana &lt;3>Hello &amp; welcome/)
  t.equal((await fetch(`${url}${path}/captions.vtt`)).status, 404, 'without a ticket')

  await creator.rest('PATCH', path, { published: true, version: replay.version })
  t.equal((await fetch(url + replay.captionsUrl)).status, 404, 'a ticket from before it was published')
  t.equal((await sendRequest(url, 'GET', path, { token: fan.token })).status, 404, 'the show is private')
  t.equal((await fetch(`${url}${path}/audio.mp3`)).status, 404)
  t.notMatch(await (await fetch(`${url}/v1/users/${creator.id}/feed.xml`)).text(), /<item>/)
})

t.test('captions leave out what begins or ends in a part that was cut off', async t => {
  const startedAtMs = Date.now() - 100_000
  const { showId, stintIds } = await recordShow(app, {
    creatorId: creator.id,
    durationMs: 10_000,
    startedAtMs,
    stints: [{ userId: creator.id, atMs: 0, durationMs: 10_000, frequency: 440 }]
  })
  const { segments } = await openTranscriptTables(app.db)
  for (const [text, from, to] of [
    ['Before', 500, 1500],
    ['Inside', 4000, 6000],
    ['After', 8500, 9500]
  ] as const) {
    await segments.insertOne({
      ...{ _id: `${showId}-${from}`, showId, stintId: stintIds[0] ?? '', userId: creator.id },
      ...{ createdAt: new Date(startedAtMs + from), to: startedAtMs + to, text, words: [] }
    })
  }
  const path = `/v1/shows/${showId}/replay`
  const { version } = await mixedReplay(app, creator, showId)
  await creator.rest('PATCH', path, { trim: { startMs: 1000, endMs: 1000 }, version })
  await mixedReplay(app, creator, showId)
  const captions = await fetch(`${url}${path}/captions.vtt`, { headers: { authorization: `Bearer ${creator.token}` } })
  const text = await captions.text()
  t.match(text, /Inside/)
  t.notMatch(text, /Before|After/)
})
