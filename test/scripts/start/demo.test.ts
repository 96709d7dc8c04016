import { readdir } from 'node:fs/promises'
import { OpusDecoder } from 'opus-decoder'
import t from 'tap'
import type { Page } from '../../../contract/paging.ts'
import type { Show } from '../../../contract/shows.ts'
import { prepareDemo } from '../../../scripts/start/demo.ts'
import { SetupError } from '../../../scripts/setup-error.ts'
import { openListenerPeer } from '../../audio-peers.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { until } from '../../until.ts'
import { call, joinShow } from '../../users.ts'
import { startWithFlags } from './start-process.ts'

/** The time from the first line of the server to sound in both shows. */
const maxSilenceMs = 10_000
/** The root mean square of a packet of speech. Silence has less than a thousandth. */
const minLoudness = 0.02

const server = await startWithFlags(['--demo'])
t.teardown(async () => {
  closeRtcPeers()
  await server.close()
})

async function findShows(): Promise<Map<string, Show>> {
  const { items } = await call<Page<Show>>(server.url, 'GET', '/v1/shows?status=live')
  return new Map(items.map(show => [show.title, show]))
}

/** Joins a show when it is live. Returns the time after the first line at which somebody is heard. */
async function listenTo(title: string): Promise<number> {
  await until(async () => (await findShows()).has(title))
  const { id } = (await findShows()).get(title)!
  const { client } = await joinShow(server.url, id, 'Listener')
  const decoder = new OpusDecoder({ channels: 2 })
  await decoder.ready
  let heardAtMs = 0
  const peer = await openListenerPeer(client, (_, payload) => {
    const { channelData } = decoder.decodeFrame(payload)
    const [left = new Float32Array()] = channelData
    const loudness = Math.sqrt(left.reduce((sum, sample) => sum + sample * sample, 0) / left.length)
    if (loudness > minLoudness) heardAtMs ||= Date.now()
  })
  // Voices that are there already, and those that come.
  const { snapshot } = await client.request('show:resync', {})
  const consumed = new Set<string>()
  await until(async () => {
    const there = snapshot.stage.map(({ producerId }) => producerId)
    const opened = client.roomEvents.map(({ event }) => ('producerId' in event ? event.producerId : null))
    for (const producerId of [...there, ...opened]) {
      if (producerId === null || consumed.has(producerId)) continue
      consumed.add(producerId)
      await peer.consume(producerId)
    }
    return heardAtMs > 0
  })
  client.disconnect()
  decoder.free()
  return heardAtMs - server.readyAtMs
}

t.test('both shows are heard within ten seconds of the first line', async t => {
  const afterMs = await Promise.all([listenTo('Demo talk'), listenTo('Demo music')])
  t.ok(Math.max(...afterMs) <= maxSilenceMs, `sound after ${afterMs.join(' and ')} ms`)
})

t.test('the same people are live again after a restart, in the same shows', async t => {
  await until(() => server.lines.some(line => line.startsWith('The demo is live')))
  const before = await findShows()
  t.same([...before.keys()].toSorted(), ['Demo music', 'Demo talk'])
  t.equal(await server.stop(), 0)
  t.same(await readdir(server.dataDir), ['demo'], 'all data is in a folder of its own')
  const again = await startWithFlags(['--demo'], { PORT: new URL(server.url).port }, server.dataDir)
  t.teardown(async () => await again.stop())
  await until(() => again.lines.some(line => line.startsWith('The demo is live')))
  const { items } = await call<Page<Show>>(again.url, 'GET', '/v1/shows?status=live')
  t.same(items.map(({ id }) => id).toSorted(), [...before.values()].map(({ id }) => id).toSorted())
})

t.test('the demo is live in the local network too', async t => {
  const lan = await startWithFlags(['--lan=127.0.0.1', '--demo'])
  t.teardown(async () => await lan.close())
  await until(() => lan.lines.some(line => line.startsWith('The demo is live')))
  t.match(lan.url, 'https://127.0.0.1:')
  t.same((await readdir(lan.dataDir)).toSorted(), ['demo', 'lan'], 'devices keep their trust without the demo')
})

t.test('a demo that other machines reach needs the choice of its operator', async t => {
  for (const HOST of ['0.0.0.0', '::', '203.0.113.7', 'radio.example.org']) {
    t.throws(() => prepareDemo({ HOST }), /AUTH_DEV_LOGIN=on/, HOST)
    t.match(prepareDemo({ HOST, AUTH_DEV_LOGIN: 'on' }).settings, { AUTH_DEV_LOGIN: 'on' })
  }
  for (const HOST of ['', 'localhost', '127.0.0.1', '::1']) {
    t.match(prepareDemo({ HOST }).settings, { AUTH_DEV_LOGIN: 'on' }, HOST)
  }
})

t.test('data that is not of the demo is refused', async t => {
  t.throws(() => prepareDemo({ MONGODB_URL: 'mongodb://a.example/x', STORAGE_URL: 'gridfs:' }), SetupError)
  t.throws(() => prepareDemo({ REDIS_URL: 'redis://a.example' }), /unset REDIS_URL\./)
  t.match(prepareDemo({ DATA_DIR: '/srv/ambient' }).settings, { DATA_DIR: '/srv/ambient/demo', AUTH_DEV_LOGIN: 'on' })
})
