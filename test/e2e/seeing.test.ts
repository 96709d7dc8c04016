import t from 'tap'
import { parseExposition, sampleValue, type Sample } from '../prometheus-text.ts'
import { startServer } from '../server-process.ts'
import { untilHearsMore } from './hearing.ts'
import { arrive, goLive, listenTo } from './moves.ts'

const server = await startServer()
const host = await arrive(server.url, 'Host')
const listener = await arrive(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host, listener].map(async visitor => await visitor.close()))
  await server.close()
})

const lookEveryMs = 500
const read = async (): Promise<Sample[]> => parseExposition(await (await fetch(`${server.url}/metrics`)).text())

async function until(holds: (samples: Sample[]) => boolean): Promise<Sample[]> {
  for (;;) {
    const samples = await read()
    if (holds(samples)) return samples
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
}

t.test(
  'what a browser reports of what it receives, and how long it waited for it, is at /metrics',
  { timeout: 80_000 },
  async t => {
    await listenTo(listener, await goLive(host, 'A show that is watched'))
    await untilHearsMore(listener)
    const heard = await until(samples => sampleValue(samples, 'ambient_media_join_duration_seconds_count') === 1)
    t.ok(sampleValue(heard, 'ambient_media_join_duration_seconds_sum') < 15)
    t.equal(sampleValue(heard, 'ambient_media_joins_silent_total'), 0)
    // A receiver can say how far it is once the server has sent its own report, some seconds later.
    const reported = await until(samples => sampleValue(samples, 'ambient_media_listener_round_trip_seconds_count') > 0)
    t.ok(
      sampleValue(reported, 'ambient_media_listener_loss_ratio_bucket', { le: '0.25' }) > 0,
      'a listener on this machine loses little'
    )
    t.ok(sampleValue(reported, 'ambient_media_listener_round_trip_seconds_bucket', { le: '1' }) > 0)
    t.ok(sampleValue(reported, 'ambient_media_worker_sent_bytes_total') > 1000)
    t.ok(sampleValue(reported, 'ambient_media_worker_received_bytes_total') > 1000)
    t.equal(sampleValue(reported, 'ambient_media_producers'), 1)
  }
)
