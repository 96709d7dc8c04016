import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { parseExposition, sampleValue, type Sample } from '../prometheus-text.ts'
import { startServer } from '../server-process.ts'
import { waitUntilHearsMore } from './listening.ts'
import { signInVisitor, goLive, joinShow } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const listener = await signInVisitor(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host, listener].map(async visitor => await visitor.close()))
  await server.close()
})

const pollMs = 500
const readMetrics = async (): Promise<Sample[]> => parseExposition(await (await fetch(`${server.url}/metrics`)).text())

async function waitForMetrics(matches: (samples: Sample[]) => boolean): Promise<Sample[]> {
  for (;;) {
    const samples = await readMetrics()
    if (matches(samples)) return samples
    await sleep(pollMs)
  }
}

t.test('the reception and the join time that a browser reports are at /metrics', { timeout: 80_000 }, async t => {
  await joinShow(listener, await goLive(host, 'A measured show'))
  await waitUntilHearsMore(listener)
  const joined = await waitForMetrics(
    samples => sampleValue(samples, 'ambient_media_join_duration_seconds_count') === 1
  )
  t.ok(sampleValue(joined, 'ambient_media_join_duration_seconds_sum') < 15)
  t.equal(sampleValue(joined, 'ambient_media_joins_silent_total'), 0)
  // A receiver can report its round-trip time only after the server's own RTCP report, some seconds later.
  const reported = await waitForMetrics(
    samples => sampleValue(samples, 'ambient_media_listener_round_trip_seconds_count') > 0
  )
  t.ok(
    sampleValue(reported, 'ambient_media_listener_loss_ratio_bucket', { le: '0.25' }) > 0,
    'a listener on this machine loses little'
  )
  t.ok(sampleValue(reported, 'ambient_media_listener_round_trip_seconds_bucket', { le: '1' }) > 0)
  t.ok(sampleValue(reported, 'ambient_media_worker_sent_bytes_total') > 1000)
  t.ok(sampleValue(reported, 'ambient_media_worker_received_bytes_total') > 1000)
  t.equal(sampleValue(reported, 'ambient_media_producers'), 1)
})
