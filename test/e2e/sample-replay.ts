import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page, Route } from 'playwright-core'
import type { Replay, ReplayComment, ReplayPatch, ReplayTakedown } from '../../contract/replays.ts'
import type { Transcript, TranscriptSegment } from '../../contract/transcripts.ts'

const run = promisify(execFile)
const startMs = Date.parse('2027-03-01T19:00:00Z')
const people = {
  host: { id: 'host', displayName: 'Mira of the kitchen', avatarUrl: null },
  guest: { id: 'guest', displayName: 'Jonas', avatarUrl: null },
  fan: { id: 'fan', displayName: 'Ana', avatarUrl: null }
}
const song = {
  album: 'Evenings',
  artworkUrl: null,
  link: null,
  title: 'Harbour lights',
  artists: ['A Quiet Band'],
  kind: 'song'
} as const
const track = {
  ...song,
  kind: 'spotify',
  title: 'Slow train to the coast',
  link: 'https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl'
} as const

/**
 * The replay of a show, of any length: two people talk, one song is heard, one track was cut, and a tenth of the time
 * is silent.
 */
export function sampleReplay(showId: string, durationMs: number): Replay {
  const at = (share: number) => Math.round(durationMs * share)
  const span = (from: number, to: number): [number, number] => [at(from), at(to)]
  const item = { durationMs: at(0.15), artworkUrl: null }
  return {
    showId,
    title: 'Songs from the kitchen',
    creator: people.host,
    status: 'ready',
    publishedAt: '2027-03-01T21:00:00.000Z',
    takenDown: null,
    version: 3,
    durationMs,
    untrimmedMs: durationMs,
    trim: { startMs: 0, endMs: 0 },
    audio: [{ format: 'opus', url: '/replay-audio/sample.ogg', sizeBytes: 1_000_000 }],
    peaks: Array.from({ length: 400 }, (_, index) => {
      const isSilent = index >= 340 && index < 380
      return isSilent ? 0 : 0.25 + 0.7 * Math.abs(Math.sin(index * 1.3) * Math.cos(index / 17))
    }),
    stretches: [
      { atMs: 0, durationMs: at(0.6), showAt: startMs },
      { atMs: at(0.6), durationMs: durationMs - at(0.6), showAt: startMs + at(0.6) + 180_000 }
    ],
    items: [
      { ...pick(song), ...item, atMs: at(0.3), played: true },
      { ...pick(track), ...item, durationMs: 2000, atMs: at(0.6), played: false }
    ],
    chapters: [
      { atMs: 0, title: 'Beginning' },
      { atMs: at(0.2), title: 'Jonas comes on stage' },
      { atMs: at(0.3), title: 'Harbour lights · A Quiet Band' },
      { atMs: at(0.6), title: 'Slow train to the coast · A Quiet Band' }
    ],
    speakers: [
      {
        person: people.host,
        talkMs: at(0.45),
        spans: [span(0, 0.18), span(0.25, 0.3), span(0.46, 0.6), span(0.95, 1)]
      },
      { person: people.guest, talkMs: at(0.3), spans: [span(0.2, 0.28), span(0.5, 0.54), span(0.61, 0.85)] }
    ],
    captionsUrl: '/replay-audio/captions.vtt'
  }
}

function pick({ kind, title, artists, artworkUrl, link }: typeof song | typeof track) {
  return { kind, title, artists: [...artists], artworkUrl, link }
}

/** Comments at their places, from the beginning to the end. */
export function sampleComments(showId: string, durationMs: number): ReplayComment[] {
  const texts = [
    'Hello from the train!',
    'Good to have you here. What are you listening on?',
    'Old headphones, and a window seat.',
    'This one takes me back to a summer on the coast.',
    'Which harbour is it?',
    'The small one behind the mill.'
  ]
  return texts.map((text, index) => ({
    atMs: Math.round((durationMs * (index + 0.5)) / texts.length),
    comment: {
      id: `c${index}`,
      clientId: `c${index}`,
      showId,
      author: index % 2 === 0 ? people.fan : people.host,
      text,
      createdAt: new Date(startMs + index * 1000).toISOString()
    }
  }))
}

/** The transcript: one sentence in the first stretch, one in the second, one in music that was left out. */
export function sampleSegments({ durationMs }: Replay): TranscriptSegment[] {
  const at = (share: number) => startMs + Math.round(durationMs * share)
  return [
    { from: at(0.02), to: at(0.1), userId: 'host', text: 'Welcome to the kitchen, the kettle is already on.' },
    { from: at(0.2), to: at(0.26), userId: 'guest', text: 'I walked along the harbour to get here.' },
    { from: at(0.6) + 60_000, to: at(0.6) + 62_000, userId: 'host', text: 'I love this part of the train song.' },
    { from: at(0.7) + 180_000, to: at(0.8) + 180_000, userId: 'guest', text: 'My grandmother drove that train.' }
  ]
}

export const sampleTranscript = (showId: string): Transcript => ({
  showId,
  status: 'ready',
  reason: null,
  language: 'en',
  topics: ['Trains', 'The harbour', 'Tea'],
  talk: [
    { person: people.host, talkMs: 1_200_000, share: 0.6 },
    { person: people.guest, talkMs: 800_000, share: 0.4 }
  ]
})

const captions = (durationMs: number) => {
  const time = (share: number) => new Date(Math.round(durationMs * share)).toISOString().slice(11, 23)
  return [
    'WEBVTT\n',
    `${time(0.02)} --> ${time(0.15)}\n<v Mira of the kitchen>Welcome to the kitchen,\nthe kettle is already on.\n`,
    `${time(0.2)} --> ${time(0.28)}\n<v Jonas>I walked along the harbour &amp; the mill.\n`
  ].join('\n')
}

/** Makes an Ogg Opus file of a tone. */
export async function makeReplayAudio(seconds: number): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-replay-'))
  try {
    const path = join(folder, 'replay.ogg')
    const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
    await run('ffmpeg', ['-nostdin', '-loglevel', 'error', ...tone, '-c:a', 'libopus', '-b:a', '32k', path])
    return await readFile(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The answers that a page gets about a replay. A test may change them. */
export interface ReplayAnswers {
  replay: Replay | null
  audio: Buffer
  comments: readonly ReplayComment[]
  transcript: Transcript | null
  /** The next change is refused as stale. */
  isStale: boolean
  /** The replay was taken down since it was answered last. */
  takedown: ReplayTakedown | null
  readonly patches: ReplayPatch[]
}

/** Answers the requests of a page about the replay of a show, as the server does. */
export async function answerReplay(page: Page, { replay, audio }: Pick<ReplayAnswers, 'replay' | 'audio'>) {
  const showId = replay?.showId ?? ''
  const durationMs = replay?.durationMs ?? 0
  const answers: ReplayAnswers = {
    replay,
    audio,
    comments: sampleComments(showId, durationMs),
    transcript: sampleTranscript(showId),
    isStale: false,
    takedown: null,
    patches: []
  }
  await page.route('**/v1/shows/*/replay', async route => await answerRequest(route, answers))
  await page.route('**/v1/shows/*/replay/mix', async route => {
    if (answers.replay) answers.replay = { ...answers.replay, status: 'processing' }
    await route.fulfill({ json: answers.replay })
  })
  await page.route('**/v1/shows/*/replay/comments*', async route => {
    const fromMs = Number(new URL(route.request().url()).searchParams.get('fromMs') ?? 0)
    await route.fulfill({ json: { items: answers.comments.filter(({ atMs }) => atMs >= fromMs), nextCursor: null } })
  })
  await page.route('**/v1/shows/*/replay/reactions', async route => {
    const intervalMs = Math.round(durationMs / 60)
    const items = Array.from({ length: 60 }, (_, index) => ({ atMs: index * intervalMs, count: (index * 7) % 12 }))
    await route.fulfill({ json: { intervalMs, items } })
  })
  await page.route('**/v1/shows/*/transcript', async route => {
    const { transcript } = answers
    if (transcript && route.request().method() === 'POST') answers.transcript = { ...transcript, status: 'waiting' }
    await answerOr404(route, answers.transcript)
  })
  await page.route('**/v1/shows/*/transcript/segments*', async route => {
    const q = new URL(route.request().url()).searchParams.get('q')?.toLowerCase() ?? ''
    const items = answers.replay ? sampleSegments(answers.replay) : []
    await route.fulfill({
      json: { items: items.filter(({ text }) => text.toLowerCase().includes(q)), nextCursor: null }
    })
  })
  await page.route('**/replay-audio/sample.ogg', async route => await answerAudio(route, answers.audio))
  await page.route('**/replay-audio/captions.vtt', async route => {
    await route.fulfill({ contentType: 'text/vtt; charset=utf-8', body: captions(durationMs) })
  })
  return answers
}

async function answerOr404(route: Route, answer: object | null): Promise<void> {
  await route.fulfill(
    answer === null ? { status: 404, json: { code: 'NOT_FOUND', message: 'There is none.' } } : { json: answer }
  )
}

async function answerRequest(route: Route, answers: ReplayAnswers): Promise<void> {
  const method = route.request().method()
  if (method === 'DELETE') answers.replay = null
  if (method === 'DELETE') return await route.fulfill({ status: 204 })
  if (method === 'PATCH' && answers.replay) {
    const patch: ReplayPatch = route.request().postDataJSON()
    if (answers.takedown && patch.published === true) {
      answers.replay = { ...answers.replay, takenDown: answers.takedown, publishedAt: null }
      return await route.fulfill({ status: 403, json: { code: 'TAKEN_DOWN', message: 'It was taken down.' } })
    }
    if (answers.isStale || patch.version !== answers.replay.version) {
      answers.isStale = false
      return await route.fulfill({ status: 409, json: { code: 'CONFLICT', message: 'Changed meanwhile.' } })
    }
    answers.patches.push(patch)
    const { replay } = answers
    answers.replay = {
      ...replay,
      ...(patch.published !== undefined && { publishedAt: patch.published ? '2027-03-01T21:00:00.000Z' : null }),
      ...(patch.trim && { trim: patch.trim }),
      version: replay.version + 1
    }
  }
  await answerOr404(route, answers.replay)
}

/** Serves a part of the file, as players ask for it when they seek. */
async function answerAudio(route: Route, audio: Buffer): Promise<void> {
  const range = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers().range ?? '')
  const from = Number(range?.[1] ?? 0)
  const to = range?.[2] ? Number(range[2]) : audio.length - 1
  await route.fulfill({
    status: range ? 206 : 200,
    contentType: 'audio/ogg',
    headers: { 'accept-ranges': 'bytes', 'content-range': `bytes ${from}-${to}/${audio.length}` },
    body: audio.subarray(from, to + 1)
  })
}
