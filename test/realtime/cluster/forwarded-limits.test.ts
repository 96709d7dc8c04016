import t from 'tap'
import { until } from '../real-app.ts'
import { creator, listeners } from '../room/people.ts'
import { ask, receivedBy, startNodes } from './nodes.ts'

const windowMs = 60_000
const unlimited = { count: 10_000, windowMs }
const eventLimits = {
  messageBytes: 16_384,
  perSocket: { media: unlimited, other: unlimited },
  perPerson: {
    'show:announce': { count: 4, windowMs },
    'speak:request': { count: 3, windowMs },
    'mute:set': { count: 2, windowMs },
    'show:join': { count: 6, windowMs }
  }
}

t.test('a person who changes between nodes has the limits of one', async t => {
  const { nodes, showId } = await startNodes(t, { count: 3, eventLimits })
  const person = listeners[0]
  await ask(nodes[0]!.connect(creator), 'show:join', { showId })
  let requests = 0
  const refusals: unknown[] = []
  for (const node of [nodes[1]!, nodes[2]!]) {
    const socket = node.connect(person)
    await ask(socket, 'show:join', { showId })
    for (let time = 0; time < 3; time++) {
      const answer = await socket.request('speak:request', { reason: '' })
      if (answer?.ok) requests++
      else refusals.push(answer?.error)
      await socket.request('speak:cancel', {})
    }
  }
  t.equal(requests, 3)
  t.equal(refusals.length, 3)
  for (const refusal of refusals) t.match(refusal, { code: 'RATE_LIMITED', retryAfterMs: Number })
})

t.test('announcements and joins count at the home too', async t => {
  const { nodes, showId } = await startNodes(t, { count: 3, eventLimits })
  let announced = 0
  for (const node of [nodes[1]!, nodes[2]!]) {
    const host = node.connect(creator)
    await ask(host, 'show:join', { showId })
    for (let time = 0; time < 4; time++) {
      const answer = await host.request('show:announce', { text: 'hello' })
      if (answer?.ok) announced++
    }
    await until(() => receivedBy(host).length > 0)
  }
  t.equal(announced, 4)
  const socket = nodes[2]!.connect(creator)
  let joined = 0
  for (let time = 0; time < 6; time++) {
    const answer = await socket.request('show:join', { showId })
    if (answer?.ok) joined++
  }
  t.equal(joined, 4, 'two joins were counted before')
})

t.test('muting has no limit at the home either, unmuting has', async t => {
  const { nodes, showId } = await startNodes(t, { count: 3, eventLimits })
  const unmuted: boolean[] = []
  for (const node of [nodes[1]!, nodes[2]!]) {
    const host = node.connect(creator)
    await ask(host, 'show:join', { showId })
    for (let time = 0; time < 2; time++) {
      await ask(host, 'mute:set', { userId: creator, muted: true })
      unmuted.push((await host.request('mute:set', { userId: creator, muted: false }))?.ok ?? false)
    }
  }
  t.same(unmuted, [true, true, false, false])
})
