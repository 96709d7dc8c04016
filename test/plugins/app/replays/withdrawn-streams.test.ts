import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { CodedError } from '../../../../contract/errors.ts'
import type { Replay } from '../../../../contract/replays.ts'
import { createTickets } from '../../../../plugins/app/identity/audio-tickets.ts'
import { openReplays } from '../../../../plugins/app/replays/document.ts'
import { createReplayAccess } from '../../../../plugins/app/replays/replay-access.ts'
import { createReplayFilesServed } from '../../../../plugins/app/replays/replay-files-served.ts'
import { servedCheckMs, whileServed } from '../../../../plugins/app/replays/while-served.ts'
import { startAppWithOperator } from '../../../operator-app.ts'
import { recordShow } from '../../../recorded-show.ts'
import { signIn } from '../../../users.ts'
import { mixedReplay } from './recorded.ts'

const { app, url, operator } = await startAppWithOperator(t)
const creator = await signIn(url, 'Creator')
let nowMs = Date.now()
const { showGuard, blocks, storage, users, transcripts } = app
const tickets = createTickets(app.config.JWT_KEYS, Date.now, 'tickets of the test')
const access = createReplayAccess({ replays: await openReplays(app.db), showGuard, blocks, tickets })
const served = createReplayFilesServed({ access, storage, users, transcripts, nowMs: () => nowMs })
const stints = [{ userId: creator.id, atMs: 0, durationMs: 60_000, frequency: 440 }]
const { showId } = await recordShow(app, { creatorId: creator.id, durationMs: 60_000, stints })
const path = `/v1/shows/${showId}/replay`
await mixedReplay(app, creator, showId)

async function publish(published: boolean): Promise<void> {
  const { version } = await creator.rest<Replay>('GET', path)
  await creator.rest('PATCH', path, { published, version })
}

/** Begins to read the audio, changes something, and reads on, some seconds later. */
async function readAcross(change: () => Promise<unknown>, userId: string | null = null): Promise<number> {
  const { sizeBytes, read } = await served.getAudio(showId, 'mp3', { userId, ticket: undefined })
  const stream = await read({ first: 0, last: sizeBytes - 1 })
  let readBytes = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    if (readBytes === 0) await change()
    nowMs += servedCheckMs
    readBytes += chunk.length
  }
  return sizeBytes - readBytes
}

const isRefused = async (t: Test, reading: Promise<unknown>, name: string) =>
  await t.rejects(reading, { code: 'NOT_FOUND' }, name)

t.test('audio that is being sent ends when its replay is withdrawn, and only then', async t => {
  await publish(true)
  t.equal(await readAcross(async () => {}), 0, 'all of it')
  await isRefused(
    t,
    readAcross(async () => await publish(false)),
    'unpublished'
  )
  t.equal(await readAcross(async () => await publish(true), creator.id), 0, 'published meanwhile')
  const takeDown = async () => await app.operators.takeDownReplay(operator.id, showId, 'Threats')
  await isRefused(t, readAcross(takeDown), 'taken down')
  const restore = async () => await app.operators.restoreReplay(operator.id, showId, 'A mistake')
  t.equal(await readAcross(restore, creator.id), 0, 'restored while its creator listened')
  await publish(false)
  await isRefused(t, readAcross(takeDown, creator.id), 'taken down while its creator listened to the unpublished one')
  await restore()
  await isRefused(
    t,
    readAcross(async () => await creator.rest('POST', `${path}/mix`), creator.id),
    'mixed anew'
  )
})

t.test('the store is asked once in some seconds, and may be away; a destroyed stream destroys its source', async t => {
  let [askedCount, now] = [0, 0]
  const assertServed = async () => {
    askedCount++
    throw new CodedError('UNAVAILABLE', 'The store is away.')
  }
  const source = Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(10)))
  const bytes = await buffer(whileServed(source, assertServed, () => (now += 1000)))
  t.equal(bytes.length, 400, 'all of it while the store is away')
  t.ok(askedCount > 0 && askedCount <= 4, `asked ${askedCount} times in 40 s`)
  const unread = Readable.from([Buffer.alloc(10)])
  whileServed(unread, assertServed, () => 0).destroy()
  t.ok(unread.destroyed)
})
