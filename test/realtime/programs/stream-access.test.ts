import t from 'tap'
import type { ShowProgram } from '../../../contract/program.ts'
import { signIn } from '../../users.ts'
import { startApp, until } from '../real-app.ts'
import { openRadio, openStream } from './listening.ts'

const { url } = await startApp(t, { LIMIT_STREAM_LISTENERS_PER_ADDRESS: '8', LIMIT_STREAM_LISTENERS: '8' })

const statusOf = async (address: string, method = 'GET') => (await fetch(address, { method })).status

t.test('a stream is there while its show is live and public, and its setting is on', async t => {
  const stranger = await signIn(url, 'Stranger')
  const off = await openRadio(url, {})
  t.same(
    await Promise.all(['.mp3', '.aac', '.opus'].map(async end => await statusOf(off.address + end))),
    [404, 404, 404]
  )
  t.equal(await statusOf(`${off.address}.mp3`, 'HEAD'), 404)
  t.equal(await statusOf(`${url}/live/nobody.mp3`), 404)
  const state = await off.creator.rest<ShowProgram>('GET', `/v1/shows/${off.showId}/program`)
  t.same(state, {
    on: false,
    listeners: 0,
    urls: {
      mp3: `${off.address}.mp3`,
      aac: `${off.address}.aac`,
      opus: `${off.address}.opus`,
      hls: `${off.address}/hls/index.m3u8`
    }
  })
  await t.rejects(stranger.rest('GET', `/v1/shows/${off.showId}/program`), /403/)

  const { creator, showId, address } = await openRadio(url)
  t.equal((await creator.rest<ShowProgram>('GET', `/v1/shows/${showId}/program`)).on, true)
  t.equal(await statusOf(`${address}.mp3`, 'HEAD'), 200)
  t.equal((await creator.rest<ShowProgram>('GET', `/v1/shows/${showId}/program`)).listeners, 0)

  const change = async (patch: object) => await creator.rest('PATCH', `/v1/shows/${showId}`, patch)
  for (const [away, back] of [
    [{ settings: { program: false } }, { settings: { program: true } }],
    [{ visibility: 'unlisted' }, { visibility: 'public' }]
  ]) {
    const listener = await openStream(`${address}.mp3`)
    t.equal(listener.response.statusCode, 200)
    await change(away!)
    await listener.ended
    t.equal(await statusOf(`${address}.mp3`), 404, JSON.stringify(away))
    await change(back!)
    t.equal(await statusOf(`${address}.mp3`, 'HEAD'), 200)
  }
  const last = await openStream(`${address}.aac`)
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await last.ended
  t.equal(await statusOf(`${address}.aac`), 404)
})

t.test('an address has so many streams, and no more', async t => {
  const { address } = await openRadio(url)
  const listeners = await Promise.all(Array.from({ length: 8 }, async () => await openStream(`${address}.mp3`)))
  t.equal(await statusOf(`${address}.mp3`), 429)
  for (const listener of listeners) listener.close()
  await until(async () => (await openAndClose(`${address}.mp3`)) === 200)
})

t.test('a show has so many listeners, those of HLS among them', async t => {
  const { address } = await openRadio(url)
  const open = async () => await Promise.all(Array.from({ length: 8 }, async () => await openStream(`${address}.mp3`)))
  const listeners = await open()
  t.equal(await statusOf(`${address}/hls/index.m3u8`), 503)
  for (const listener of listeners) listener.close()
  await until(async () => (await statusOf(`${address}/hls/index.m3u8`)) === 200)
  t.equal(await statusOf(`${address}/hls/audio.m3u8`), 200)
  const others = await open()
  t.same(others.map(({ response }) => response.statusCode).sort(), [...Array(7).fill(200), 503])
  for (const listener of others) listener.close()
})

async function openAndClose(address: string): Promise<number | undefined> {
  const { response, close } = await openStream(address)
  close()
  return response.statusCode
}
