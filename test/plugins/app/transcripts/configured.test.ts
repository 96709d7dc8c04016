import t from 'tap'
import type { Page } from '../../../../contract/paging.ts'
import type { Transcript, TranscriptSegment } from '../../../../contract/transcripts.ts'
import { recordShow } from '../../../recorded-show.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { startSpeechmaticsStandIn } from '../../../standins/speechmatics/server.ts'
import { signIn } from '../../../users.ts'

t.test('with a key, recorded shows are transcribed by themselves', async t => {
  const standIn = await startSpeechmaticsStandIn()
  t.teardown(async () => await standIn.close())
  standIn.state.sayings = { 400: 'Hello' }
  standIn.state.runningPolls = 0
  const { app, url } = await startApp(t, standIn.settings)
  const ana = await signIn(url, 'Ana')
  const record = async () =>
    await recordShow(app, {
      creatorId: ana.id,
      durationMs: 5000,
      stints: [{ userId: ana.id, atMs: 1000, durationMs: 2000, frequency: 400 }]
    })
  const { showId, startedAtMs } = await record()
  const path = `/v1/shows/${showId}/transcript`
  await until(async () => (await ana.rest<Transcript>('GET', path)).status === 'ready')
  const { items } = await ana.rest<Page<TranscriptSegment>>('GET', `${path}/segments?q=hel`)
  t.match(items, [{ userId: ana.id, text: 'Hello.' }])
  t.ok(Math.abs(items[0]!.from - startedAtMs - 1000) < 100)
  t.match(await ana.rest<Transcript>('POST', path), { status: 'ready' })
  t.equal(standIn.state.started, 1, 'what is transcribed is not sent again')
  await until(async () => standIn.state.jobs.size === 0)
  const metrics = await app.metrics.text()
  t.match(metrics, 'ambient_transcribed_stints_total{outcome="transcribed"} 1')
  t.match(metrics, /ambient_transcriber_audio_seconds_total [12]\.\d+/)
  const readyz = async (): Promise<unknown> => await (await fetch(`${url}/readyz`)).json()
  t.same(await readyz(), { status: 'ok' })
  standIn.state.refusesKey = true
  await record()
  await until(async () => JSON.stringify(await readyz()) === '{"status":"ok","degraded":["speechmatics"]}')
})
