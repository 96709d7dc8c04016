import { AsyncLocalStorage } from 'node:async_hooks'
import t, { type Test } from 'tap'
import type { Show } from '../../../contract/shows.ts'
import { startTracing } from '../../../plugins/external/tracing/otlp.ts'
import { goLive, joinShow, signIn, grantFloor, type TestUser } from '../../users.ts'
import { startApp, type RealApp } from '../../realtime/real-app.ts'
import { startCollector, type Collector, type ReceivedSpan } from '../../standins/otlp/collector.ts'
import { openSpeakerPeer } from '../../audio-peers.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'

t.teardown(closeRtcPeers)

/** Returns the names of the child spans as a tree. */
function treeOf(spans: readonly ReceivedSpan[], parentSpanId: string | undefined): object {
  const children = spans.filter(span => (span.parentSpanId || undefined) === parentSpanId)
  return Object.fromEntries(children.map(span => [span.name, treeOf(spans, span.spanId)]))
}

/** Runs an action against a traced server, and returns the spans after the server has stopped. */
async function trace(
  t: Test,
  settings: Record<string, string>,
  action: (real: RealApp) => Promise<void>
): Promise<{ spans: ReceivedSpan[]; collector: Collector }> {
  const collector = await startCollector()
  t.teardown(collector.close)
  // Stopping the server sends the remaining spans.
  await t.test(
    'traced action',
    async t => await action(await startApp(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings }))
  )
  return { spans: collector.spans, collector }
}

function attributesOf({ attributes }: ReceivedSpan): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

const ofTrace = (spans: readonly ReceivedSpan[], root: ReceivedSpan | undefined) =>
  spans.filter(({ traceId }) => traceId === root?.traceId)

t.test('a trace covers a request from HTTP to room, media and store, and a command from its socket', async t => {
  let creator: TestUser | undefined
  let showId = ''
  const { spans, collector } = await trace(t, { OTEL_SERVICE_NAME: 'ambient-1' }, async ({ url }) => {
    creator = await signIn(url, 'Secretary Name')
    showId = (await creator.rest<Show>('POST', '/v1/shows', { title: 'Secret title' })).id
    await creator.rest('POST', `/v1/shows/${showId}/start`)
    const host = await creator.connect()
    await host.join(showId)
    const { client } = await joinShow(url, showId)
    await grantFloor(host, client)
    const speakerPeer = await openSpeakerPeer(client)
    await speakerPeer.produce()
    await client.request('comment:send', { clientId: 'one', text: 'Secret text' })
    await client.requestError('show:announce', { text: 'Secret text' })
  })

  t.match(collector.paths[0], /^POST \/v1\/traces application\/json/)
  t.match(Object.fromEntries(collector.resources[0]!.map(({ key, value }) => [key, Object.values(value)[0]])), {
    'service.name': 'ambient-1',
    'service.version': String
  })

  const start = spans.find(({ name }) => name === 'POST /v1/shows/:showId/start')
  t.match(treeOf(ofTrace(spans, start), undefined), {
    'POST /v1/shows/:showId/start': { 'media openShow': {}, 'room show:start': {}, 'store find': {} }
  })
  t.match(attributesOf(start!), {
    'http.request.method': 'POST',
    'http.route': '/v1/shows/:showId/start',
    'http.response.status_code': 200,
    'ambient.request_id': String
  })
  const insert = ofTrace(spans, start).find(({ name }) => name === 'store insert')
  t.match(attributesOf(insert!), {
    'db.system.name': 'mongodb',
    'db.operation.name': 'insert',
    'db.collection.name': 'showEvents'
  })

  const produce = spans.find(({ name }) => name === 'socket media:produce')
  t.match(treeOf(ofTrace(spans, produce), undefined), {
    'socket media:produce': { 'media produce': {}, 'room media:produced': { 'media admitProducer': {} } }
  })
  const rejected = spans.find(({ name }) => name === 'socket show:announce')!
  t.match(attributesOf(rejected), { 'ambient.code': 'FORBIDDEN' })
  t.notOk(rejected.status.code, 'a coded error is no failure')
  for (const { startTimeUnixNano, endTimeUnixNano, name } of spans) {
    t.ok(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano), name)
  }

  const all = JSON.stringify(spans)
  for (const secret of [creator!.id, creator!.token, 'Secret', 'Secretary', '127.0.0.1']) {
    t.notOk(all.includes(secret), `${secret} is not in a span`)
  }
  const allowed = new Set([
    'http.request.method',
    'http.route',
    'http.response.status_code',
    'ambient.request_id',
    'ambient.show_id',
    'ambient.code',
    'db.system.name',
    'db.operation.name',
    'db.collection.name',
    'direction'
  ])
  t.strictSame(
    [...new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)))].filter(key => !allowed.has(key)),
    []
  )
})

const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

t.test('a traceparent is taken from a trusted proxy only', async t => {
  const send = async (url: string, header: string) => {
    await (await fetch(`${url}/v1/shows`, { headers: { traceparent: header } })).text()
  }
  const { spans: spansWithoutProxy } = await trace(t, {}, async ({ url }) => await send(url, traceparent))
  const root = spansWithoutProxy.find(({ name }) => name === 'GET /v1/shows')!
  t.not(root.traceId, traceId)
  t.notOk(root.parentSpanId)

  const invalid = [
    '',
    'x',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-b7ad6b7169203331-01`,
    `${traceparent}-more`,
    traceparent.toUpperCase()
  ]
  const { spans } = await trace(t, { TRUST_PROXY: 'on' }, async ({ url }) => {
    for (const header of [traceparent, ...invalid]) await send(url, header)
    // The caller has marked this trace as not sampled.
    await send(url, `00-${'1'.repeat(32)}-b7ad6b7169203331-00`)
  })
  const requests = spans.filter(({ name }) => name === 'GET /v1/shows')
  t.equal(requests.filter(span => span.traceId === traceId && span.parentSpanId === 'b7ad6b7169203331').length, 1)
  t.equal(requests.filter(span => !span.parentSpanId).length, invalid.length, 'an invalid traceparent is ignored')
  t.notOk(requests.some(span => span.traceId === '1'.repeat(32)))
})

t.test('spans started after a span has ended are not its children', async t => {
  const collector = await startCollector()
  t.teardown(collector.close)
  const { span, start, startChild, close } = startTracing({
    endpoint: collector.url,
    service: 'ambient',
    version: '1',
    ratio: 1,
    logger: { warn: (fields: unknown) => t.fail('exporting spans failed', { fields }) }
  })
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const later: Promise<unknown>[] = []
  await span('first', {}, async () => {
    let written: (() => void) | undefined
    await span('part', {}, async () => {
      written = AsyncLocalStorage.bind(() => startChild('after the part', {})?.end())
    })
    written?.()
    later.push(
      over.then(async () => {
        t.equal(startChild('late part', {}), null)
        await span('second', {}, async () => startChild('its part', {})?.end())
      })
    )
  })
  // A span within an unsampled trace is not sampled either.
  await start('unsampled', {}, `00-${traceId}-b7ad6b7169203331-00`).run(
    async () => await span('unsampled child', {}, async () => {})
  )
  end()
  await Promise.all(later)
  await close()
  t.strictSame(treeOf(collector.spans, undefined), {
    first: { part: {}, 'after the part': {} },
    second: { 'its part': {} }
  })
  t.equal(new Set(collector.spans.map(({ traceId }) => traceId)).size, 2)
})

t.test('with ratio 0 no span is sent', async t => {
  const { spans } = await trace(t, { OTEL_TRACES_SAMPLER_ARG: '0' }, async ({ url }) => {
    await goLive(url)
  })
  t.strictSame(spans, [])
})

t.test('an unavailable collector does not affect the server or its shutdown', async t => {
  const { url: unreachable, close } = await startCollector()
  await close()
  await t.test('traced action', async t => {
    const { url } = await startApp(t, { OTEL_EXPORTER_OTLP_ENDPOINT: unreachable })
    await goLive(url)
    t.pass()
  })
})
