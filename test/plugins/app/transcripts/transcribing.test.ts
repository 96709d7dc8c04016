import t, { type Test } from 'tap'
import type { Transcript, TranscriptSegment } from '../../../../contract/transcripts.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { settle, startConversation } from './conversation.ts'

const everything = { limit: 100 }
const realApp = await startApp(t)

/** Asserts who said what, and the times to 60 ms: a frame of the stand-in, and the delay of the codec. */
function assertSaid(t: Test, segments: readonly TranscriptSegment[], expected: [string, string, number, number][]) {
  t.same(
    segments.map(({ userId, text }) => [userId, text]),
    expected.map(([userId, text]) => [userId, text])
  )
  for (const [n, [, text, from, to]] of expected.entries()) {
    const segment = segments[n]!
    t.ok(Math.abs(segment.from - from) <= 60, `${text} begins ${segment.from - from} ms late`)
    t.ok(Math.abs(segment.to - to) <= 60, `${text} ends ${segment.to - to} ms late`)
  }
}

t.test('a recorded show is transcribed, with names and the times of the show', async t => {
  const { node, showId, startedAtMs: start, ana, ben, state } = await startConversation(t, realApp)
  t.match(await node.transcripts.get(showId, ana.id), { status: 'waiting', topics: [] })
  await settle(node, showId, ana.id)
  assertSaid(t, await node.transcripts.segmentsOf(showId), [
    [ana.id, 'Welcome to the Café.', start + 2000, start + 3000],
    [ben.id, 'Thanks for having me.', start + 6000, start + 7000],
    [ana.id, 'See you next week.', start + 10_000, start + 11_000]
  ])
  const transcript = await node.transcripts.get(showId, ana.id)
  t.match(transcript, { status: 'ready', reason: null, language: 'en', topics: ['Coffee', 'Music'] })
  t.equal(state.started, 2, 'one job for each stint')
  t.same(state.jobs.size, 0, 'all jobs are deleted at the transcriber')
  t.equal(state.deleted.length, 2)
  t.same(node.changedShowIds, [showId, showId])
})

t.test('polls every 5 s at first, then up to every 60 s', async t => {
  const { node, showId, state, ben } = await startConversation(t, realApp)
  await node.transcripts.removeOfPerson(ben.id)
  state.runningPolls = 12
  await node.passMs(0)
  const gaps: number[] = []
  for (let ms = 0, last = 0, seen = 0; gaps.length < 8; ms += 1000) {
    await node.passMs(1000)
    const polls = [...state.jobs.values()][0]?.polls ?? 0
    if (polls === seen) continue
    seen = polls
    gaps.push(ms - last)
    last = ms
  }
  t.ok(gaps[0]! >= 4000 && gaps[0]! <= 6000, `the first poll came after ${gaps[0]} ms`)
  t.ok(
    gaps.every((gap, n) => n < 2 || gap >= gaps[n - 1]! - 1000),
    `${gaps}`
  )
  t.ok(
    gaps.every(gap => gap <= 61_000),
    `${gaps}`
  )
  t.equal(state.started, 1, showId)
})

t.test('segments are searched by beginnings of words, without case and accents', async t => {
  const { node, showId, ana } = await startConversation(t, realApp)
  await settle(node, showId, ana.id)
  const search = async (q: string) =>
    (await node.transcripts.listSegments(showId, ana.id, { ...everything, q })).items.map(({ text }) => text)
  t.same(await search('CAFE wel'), ['Welcome to the Café.'])
  t.same(await search('next'), ['See you next week.'])
  t.same(await search('cafe next'), [])
  t.same(await search('elcome'), [], 'not inside of words')
  t.same(await search('?!'), [])
  const first = await node.transcripts.listSegments(showId, ana.id, { limit: 2 })
  t.equal(first.items.length, 2)
  const rest = await node.transcripts.listSegments(showId, ana.id, { limit: 2, cursor: first.nextCursor! })
  t.same(
    [...first.items, ...rest.items].map(({ text }) => text),
    ['Welcome to the Café.', 'Thanks for having me.', 'See you next week.']
  )
  t.equal(rest.nextCursor, null)
  await t.rejects(node.transcripts.listSegments(showId, ana.id, { limit: 2, cursor: 'x' }), { code: 'VALIDATION' })
})

t.test('long pauses are not sent', async t => {
  const { node } = await startConversation(t, realApp)
  await node.passMs(0)
  t.ok(node.audioMs < 10_000, `${node.audioMs} ms of 15 s were sent`)
})

t.test('hosts read a transcript, and others once they may hear the replay', async t => {
  const { node, showId, startedAtMs, endedAtMs, ana, ben } = await startConversation(t, realApp)
  for (const callerId of [null, ben.id]) {
    await t.rejects(node.transcripts.get(showId, callerId), { code: 'NOT_FOUND' })
    await t.rejects(node.transcripts.listSegments(showId, callerId, everything), { code: 'NOT_FOUND' })
  }
  await t.rejects(node.transcripts.request(showId, ben.id), { code: 'FORBIDDEN' })
  t.match(await node.transcripts.get(showId, ana.id), { showId })
  const whole = { from: startedAtMs, to: endedAtMs }
  node.transcripts.visibleBy(async (id, userId) => (id === showId && userId === ben.id ? whole : null))
  t.match(await node.transcripts.get(showId, ben.id), { showId })
  await t.rejects(node.transcripts.get(showId, null), { code: 'NOT_FOUND' })
})

t.test('what is cut from a replay is in no transcript of its listeners', async t => {
  const { node, showId, startedAtMs, endedAtMs, ana, ben } = await startConversation(t, realApp)
  await settle(node, showId, ana.id)
  const textsOf = async (callerId: string, q?: string) => {
    const { items } = await node.transcripts.listSegments(showId, callerId, { ...everything, ...(q && { q }) })
    return items.map(({ text }) => text)
  }
  let part = { from: startedAtMs, to: endedAtMs }
  node.transcripts.visibleBy(async () => part)
  node.transcripts.talkFrom(async () => [{ userId: ana.id, talkMs: 3000 }])
  t.equal((await node.transcripts.get(showId, ben.id)).talk.length, 1)
  t.equal((await textsOf(ben.id)).length, 3)
  t.same((await node.transcripts.get(showId, ben.id)).topics, ['Coffee', 'Music'])
  part = { from: startedAtMs + 2500, to: startedAtMs + 10_500 }
  t.same(await textsOf(ben.id), ['Thanks for having me.'], 'sentences that begin or end in the cut are left out')
  t.same(await textsOf(ben.id, 'cafe'), [])
  t.match(await node.transcripts.get(showId, ben.id), { topics: [], talk: [] })
  t.equal((await node.transcripts.get(showId, ben.id)).talk.length, 0)
  t.equal((await node.transcripts.get(showId, ana.id)).talk.length, 1)
  t.same(await textsOf(ana.id, 'cafe'), ['Welcome to the Café.'], 'hosts read all of it')
})

t.test('the talk shares of a show need no transcriber', async t => {
  const { app, showId, ana, ben } = await startConversation(t, realApp)
  const found = await ana.rest<Transcript>('GET', `/v1/shows/${showId}/transcript`)
  t.match(found.talk, [
    { person: { id: ana.id, displayName: 'Ana' }, talkMs: 12_000 },
    { person: { id: ben.id, displayName: 'Ben' }, talkMs: 3000 }
  ])
  t.ok(Math.abs(found.talk[0]!.share - 4 / 5) < 0.001)
  const empty = await app.transcripts.listSegments(showId, ana.id, everything)
  t.same(empty.items, [])
  await t.rejects(app.transcripts.request(showId, ana.id), { code: 'NOT_FOUND' })
})
