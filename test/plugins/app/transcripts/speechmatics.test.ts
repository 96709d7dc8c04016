import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { createValidation } from '../../../../plugins/app/http/validation.ts'
import { createSpeechmatics } from '../../../../plugins/app/transcripts/speechmatics/speechmatics.ts'
import type { TranscriberAudio } from '../../../../plugins/app/transcripts/transcriber.ts'
import { makeFile } from '../../../songs/files.ts'
import type { Failure } from '../../../standins/metadata/faults.ts'
import { startSpeechmaticsStandIn } from '../../../standins/speechmatics/server.ts'
import { keptLog } from './parts.ts'

const opus = await makeFile('a.ogg', ['-c:a', 'libopus', '-ac', '1'], 'sine=frequency=400:duration=1')
const audioOf = (bytes: Buffer): TranscriberAudio => ({
  sizeBytes: bytes.length,
  open: async () => Readable.from([bytes.subarray(0, 100), bytes.subarray(100)])
})
const signal = new AbortController().signal

async function start(t: Test, { language = 'auto', hasTopics = true } = {}) {
  const standIn = await startSpeechmaticsStandIn()
  t.teardown(async () => await standIn.close())
  const { lines, log } = keptLog()
  const outcomes: string[] = []
  const transcriber = createSpeechmatics({
    baseUrl: standIn.url,
    apiKey: standIn.state.token,
    language,
    hasTopics,
    validator: createValidation().validator,
    logger: log,
    onAnswer: outcome => outcomes.push(outcome),
    callTimeoutMs: 400,
    submitTimeoutMs: 400
  })
  return { ...standIn, transcriber, lines, outcomes }
}

async function failureOf(called: Promise<unknown>): Promise<Error & { retryAfterMs?: number }> {
  const error = await called.then(
    () => null,
    (reason: unknown) => reason
  )
  if (!(error instanceof Error)) throw new Error('it did not fail')
  return error
}

t.test('sends a file as it is, with its configuration, and reads words with times and topics', async t => {
  const { transcriber, state, outcomes } = await start(t)
  state.sayings = { 400: 'Good evening' }
  state.topics = { Music: 2, Nothing: 0 }
  const jobId = await transcriber.submit(audioOf(opus), signal)
  const job = state.jobs.get(jobId)!
  t.ok(Buffer.from(job.audio).equals(opus))
  t.equal(job.fileName, 'stint.ogg')
  t.same(job.config, { type: 'transcription', transcription_config: { language: 'auto' }, topic_detection_config: {} })
  t.equal(await transcriber.findState(jobId, signal), 'running')
  t.equal(await transcriber.findState(jobId, signal), 'done')
  const result = await transcriber.findResult(jobId, signal)
  t.match(result, { space: ' ', language: 'en' })
  t.same(result?.topics, new Map([['Music', 2]]))
  t.match(result?.words, [
    { text: 'Good', from: 0, isAttached: false, endsSentence: false },
    { text: 'evening', isAttached: false },
    { text: '.', isAttached: true, endsSentence: true }
  ])
  await transcriber.delete(jobId, signal)
  await transcriber.delete(jobId, signal)
  t.equal(await transcriber.findState(jobId, signal), 'gone')
  t.equal(await transcriber.findResult(jobId, signal), null)
  t.same([...new Set(outcomes)], ['ok'])
})

t.test('a running job is deleted, too', async t => {
  const { transcriber, state } = await start(t)
  const jobId = await transcriber.submit(audioOf(opus), signal)
  await transcriber.delete(jobId, signal)
  t.equal(state.jobs.size, 0)
})

t.test('the language and topics are settings', async t => {
  const { transcriber, state } = await start(t, { language: 'de', hasTopics: false })
  const jobId = await transcriber.submit(audioOf(opus), signal)
  t.same(state.jobs.get(jobId)?.config, { type: 'transcription', transcription_config: { language: 'de' } })
})

t.test('whatever is no answer is told as away', async t => {
  const { transcriber, state, outcomes, lines } = await start(t)
  const jobId = await transcriber.submit(audioOf(opus), signal)
  const messages: Readonly<Record<Failure, RegExp>> = {
    html: /answered 200 in another form/,
    badGateway: /answered 502/,
    error: /answered 500/,
    silent: /does not answer: TimeoutError/,
    cut: /does not answer/,
    long: /does not answer/,
    redirect: /answered 302/,
    otherForm: /answered 200 in another form/
  }
  for (const [failure, message] of Object.entries(messages) as [Failure, RegExp][]) {
    state.failures = [failure]
    const error = await failureOf(transcriber.findState(jobId, signal))
    t.equal(error.name, 'TranscriberAway', failure)
    t.match(error.message, message, failure)
    t.equal(error.cause, undefined)
  }
  await t.rejects(transcriber.check(), { message: 'the transcriber does not answer' })
  for (const failure of ['html', 'cut', 'silent'] as const) {
    state.failures = [failure]
    t.equal((await failureOf(transcriber.submit(audioOf(opus), signal))).name, 'TranscriberAway', `submit: ${failure}`)
  }
  t.equal(await transcriber.findState(jobId, signal), 'running')
  await transcriber.check()
  t.ok(outcomes.includes('failed') && outcomes.includes('away'))
  t.notMatch(JSON.stringify(lines), state.token)
})

t.test('a page of HTML that refuses the key is told once, and not asked again for some time', async t => {
  const { transcriber, state, lines, outcomes } = await start(t)
  state.refusesKey = true
  for (let n = 0; n < 3; n++) {
    const error = await failureOf(transcriber.submit(audioOf(opus), signal))
    t.equal(error.name, 'TranscriberRefusedKey')
    t.ok(error.retryAfterMs! > 590_000)
  }
  t.equal(state.calls.length, 1)
  t.match(lines, [{ status: 401, message: 'transcriber refused the key' }])
  t.equal(lines.length, 1)
  t.same(outcomes, ['refused'])
  await t.rejects(transcriber.check(), { message: 'the transcriber refuses the key' })
})

t.test('a limit names the time to wait', async t => {
  const { transcriber, state, outcomes } = await start(t)
  state.limit = { calls: 0, windowMs: 60_000 }
  state.retryAfterS = 7
  t.match(await failureOf(transcriber.findState('x', signal)), { name: 'TranscriberAway', retryAfterMs: 7000 })
  t.same(outcomes, ['wait'])
})

t.test('a file that is refused has a reason for its creator', async t => {
  const { transcriber, state } = await start(t)
  state.maxBytes = 10
  t.match(await failureOf(transcriber.submit(audioOf(opus), signal)), {
    name: 'TranscriberRejected',
    reason: 'The recording is too large for the transcriber.'
  })
  state.maxBytes = 1_000_000
  state.refusesConfig = 'unknown language\u0000'
  t.match(await failureOf(transcriber.submit(audioOf(opus), signal)), { reason: 'unknown language' })
  state.refusesConfig = `no job for Bearer ${state.token}`
  t.match(await failureOf(transcriber.submit(audioOf(opus), signal)), { reason: 'no job for Bearer …' })
  state.refusesConfig = null
  state.runningPolls = 0
  state.rejects = 'Invalid audio'
  const jobId = await transcriber.submit(audioOf(opus), signal)
  t.same(await transcriber.findState(jobId, signal), { rejected: 'Invalid audio' })
})

t.test('a recording that fails in the middle closes its stream and sends no job', async t => {
  const { transcriber, state } = await start(t)
  const stream = Readable.from(
    (async function* () {
      yield opus.subarray(0, 100)
      throw new Error('the storage is away')
    })()
  )
  const audio = { sizeBytes: opus.length, open: async () => stream }
  t.equal((await failureOf(transcriber.submit(audio, signal))).name, 'TranscriberAway')
  t.ok(stream.destroyed)
  t.equal(state.jobs.size, 0)
})

t.test('stopping ends a call with its own reason', async t => {
  const { transcriber, state, outcomes } = await start(t)
  state.failing = 'silent'
  const stopping = new AbortController()
  const calling = transcriber.findState('x', stopping.signal)
  while (state.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  stopping.abort(new Error('the server stops'))
  await t.rejects(calling, { message: 'the server stops' })
  t.same(outcomes, [])
})
