import t from 'tap'
import { amplitudesOf, decodeSound } from '../../tones.ts'
import { forbiddenHz, openAt, openMusic, second, settings, songHz, untilHeard } from './radio.ts'
import { startPartitionedNodes } from './real-nodes.ts'

t.setTimeout(120_000)

t.test('a node that is behind or cut off streams no song without the right, and ends with the setting', async t => {
  const { nodes, proxies } = await startPartitionedNodes(t, { settings })
  const [home, edge] = nodes.map(({ url }) => url)
  const { creator, client, showId, first } = await openMusic(home!, 60)
  const listener = await openAt(t, edge!, showId)
  await untilHeard(listener, songHz)

  proxies[1]!.delay(3000)
  await client.request('playback:next', {})
  await untilHeard(listener, songHz, false)
  const late = await listener.next(5 * second)
  proxies[1]!.delay(0)
  await client.request('playback:play', { itemId: first })
  await untilHeard(listener, songHz)

  await proxies[1]!.cut()
  await client.request('playback:next', {})
  await untilHeard(listener, songHz, false)
  const cut = await listener.next(5 * second)
  await proxies[1]!.restore()
  await client.request('playback:play', { itemId: first })
  await untilHeard(listener, songHz)
  t.ok(late.length + cut.length >= 10 * second)

  await proxies[1]!.cut()
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { program: false } })
  await listener.ended
  const loudest = Math.max(...amplitudesOf(await decodeSound(listener.bytes()), forbiddenHz, 40))
  t.ok(loudest < 0.005, `at most ${loudest} in 40 ms`)
})
