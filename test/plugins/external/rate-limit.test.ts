import t from 'tap'
import { clientNetwork, networkOf } from '../../../plugins/external/rate-limit/client-network.ts'
import { CountingWindows } from '../../../plugins/external/rate-limit/counting-windows.ts'
import { startApp } from '../../realtime/real-app.ts'

t.test('an IPv6 address is counted by its /64, an IPv4 address by itself', async t => {
  for (const [ip, network] of [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:50001', '192.0.2.7'],
    ['[192.0.2.7]:50001', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:FFFF:192.0.2.7', '192.0.2.7'],
    ['[::ffff:192.0.2.7]:443', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::9', '2001:db8:1:2::'],
    ['[2001:db8:1:2::9]', '2001:db8:1:2::'],
    ['[2001:db8:1:2::9]:443', '2001:db8:1:2::'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::'],
    ['2001:db8::', '2001:db8::'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::'],
    ['fe80::1%eth0', 'fe80::'],
    ['[fe80::1%eth0]:80', 'fe80::'],
    ['::1', '::'],
    ['unknown', undefined],
    ['_hidden', undefined],
    ['300.1.1.1', undefined],
    ['[192.0.2.7', undefined],
    ['', undefined]
  ] as const) {
    t.equal(networkOf(ip), network, ip)
  }
})

t.test('a client without an address is counted under the address of its proxy', async t => {
  t.equal(clientNetwork({ ip: 'unknown', socket: { remoteAddress: '::ffff:192.0.2.1' } }), '192.0.2.1')
  t.equal(clientNetwork({ ip: '_x:7', socket: { remoteAddress: '192.0.2.1' } }), '192.0.2.1')
  t.equal(clientNetwork({ ip: '198.51.100.9:7', socket: { remoteAddress: '192.0.2.1' } }), '198.51.100.9')
  t.equal(clientNetwork({ ip: undefined, socket: {} }), 'unknown', 'the connection is closed')
})

t.test('a window begins with its first event and ends after its length', async t => {
  let nowMs = 0
  const windows = new CountingWindows(1000, () => nowMs)
  t.same(windows.read('a'), { count: 0, leftMs: 0 })
  t.same(windows.add('a'), { count: 1, leftMs: 1000 })
  nowMs = 999.5
  t.same(windows.add('a'), { count: 2, leftMs: 1 })
  t.same(windows.add('b'), { count: 1, leftMs: 1000 }, 'each key has a window of its own')
  t.same(windows.read('a'), { count: 2, leftMs: 1 })
  nowMs = 1000
  t.same(windows.read('a'), { count: 0, leftMs: 0 })
  t.same(windows.add('a'), { count: 1, leftMs: 1000 })
  t.same(windows.read('b'), { count: 1, leftMs: 1000 })
})

t.test('a window that begins has its length left, whatever the clock shows', async t => {
  // 5537.126 + 60,000 is rounded up.
  for (const nowMs of [0.1, 5537.125999999999, 1e9 + 0.3]) {
    t.same(new CountingWindows(60_000, () => nowMs).add('a'), { count: 1, leftMs: 60_000 })
  }
})

t.test('the memory of counters has a bound', async t => {
  const windows = new CountingWindows(1000, () => 0)
  for (let n = 0; n < 100_010; n++) windows.add(String(n))
  t.same(windows.read('0'), { count: 0, leftMs: 0 }, 'the oldest are dropped')
  t.same(windows.read('100009'), { count: 1, leftMs: 1000 })
})

t.test('/readyz is limited by address, and does not share its limit with other requests', async t => {
  const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '3' })
  for (let n = 0; n < 4; n++) await fetch(`${url}/v1/shows`)
  const statuses: number[] = []
  for (let n = 0; n < 4; n++) statuses.push((await fetch(`${url}/readyz`)).status)
  t.same(statuses, [200, 200, 200, 429])
  t.equal((await fetch(`${url}/healthz`)).status, 200)
})

t.test('a step of the wall clock neither ends a window nor extends it', async t => {
  const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '2', LIMIT_AUTH_PER_MINUTE: '2' })
  const list = async () => await fetch(`${url}/v1/shows`)
  const refresh = async () =>
    await fetch(`${url}/v1/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"refreshToken":"none"}'
    })
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  for (let n = 0; n < 2; n++) {
    t.equal((await list()).status, 200)
    t.equal((await refresh()).status, 401)
  }
  for (const stepMs of [2 * 3_600_000, -2 * 3_600_000]) {
    Date.now = () => now() + stepMs
    for (const answer of [await list(), await refresh()]) {
      t.equal(answer.status, 429, `${answer.url} after a step by ${stepMs} ms`)
      t.ok(Number(answer.headers.get('retry-after')) <= 60)
    }
  }
})

t.test('answers tell the limit, what is left of it, and when its window ends', async t => {
  const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '3' })
  const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after']
  const told: unknown[] = []
  for (const method of ['GET', 'HEAD', 'GET', 'GET']) {
    const { status, headers } = await fetch(`${url}/v1/shows`, { method })
    const [limit, remaining, reset, retryAfter] = names.map(name => headers.get(name))
    t.ok(Number(reset) > 50 && Number(reset) <= 60)
    told.push([status, limit, remaining, retryAfter === null ? null : retryAfter === reset])
  }
  t.same(told, [
    [200, '3', '2', null],
    [200, '3', '1', null],
    [200, '3', '0', null],
    [429, '3', '0', true]
  ])
})
