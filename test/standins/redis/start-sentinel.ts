import { spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Test } from 'tap'
import { until } from '../../realtime/cluster/until.ts'
import { freePort } from '../free-port.ts'
import { createRestartable } from '../restartable.ts'
import { startRedis, type RedisServer } from './start.ts'

/** A real primary with a replica, and real sentinels that make the replica the primary when the first is gone. */
export interface WatchedRedis {
  /** REDIS_URL of both, by the sentinels. */
  readonly url: string
  readonly primary: RedisServer
  readonly replica: RedisServer
  readonly sentinels: readonly Sentinel[]
}

export interface Sentinel {
  readonly port: number
  /** Names of the events that this sentinel published, in order, since it started for the first time. */
  readonly events: readonly string[]
  /** Makes the replica the primary although nothing is wrong, as for planned work. */
  failOver(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const name = 'mymaster'
// A sentinel writes its configuration anew, without quotes: it would not start again with a space.
const password = 'pa:ss@word/of-redis'
const downAfterMs = 1000

/** Starts them on 127.0.0.1 until the end of the test. */
export async function startWatchedRedis(t: Test, sentinelCount = 1): Promise<WatchedRedis> {
  const primary = await startRedis(t, { password, args: ['--masterauth', password, '--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis(t, {
    password,
    args: ['--masterauth', password, '--replicaof', `127.0.0.1 ${primary.port}`]
  })
  const quorum = Math.floor(sentinelCount / 2) + 1
  const sentinels: Sentinel[] = []
  while (sentinels.length < sentinelCount) sentinels.push(await startSentinel(t, primary.port, quorum))
  for (const { port } of sentinels) await untilAware(port, sentinelCount)
  const places = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
  return { url: `redis+sentinel://:${encodeURIComponent(password)}@${places}/${name}`, primary, replica, sentinels }
}

async function startSentinel(t: Test, primaryPort: number, quorum: number): Promise<Sentinel> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-sentinel-'))
  const port = await freePort()
  const configuration = join(folder, 'sentinel.conf')
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor ${name} 127.0.0.1 ${primaryPort} ${quorum}`,
    `sentinel auth-pass ${name} "${password}"`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 3000`
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  const events: string[] = []
  const listener = new Redis({ port, lazyConnect: true, retryStrategy: () => 50 })
  listener.on('error', () => {})
  listener.on('pmessage', (_pattern: string, event: string) => events.push(event))
  t.teardown(() => listener.disconnect())
  const server = createRestartable(t, {
    folder,
    untilReady: async () => await untilListening(port),
    spawn: () => spawn('redis-server', [configuration, '--sentinel'], { stdio: 'ignore' })
  })
  await server.start()
  await listener.connect()
  await listener.psubscribe('*')
  return {
    port,
    events,
    start: server.start,
    stop: server.stop,
    async failOver() {
      await ask(port, 'FAILOVER')
    }
  }
}

/** Waits until the replica can take over, and the sentinel knows it and the other sentinels. */
async function untilAware(port: number, sentinelCount: number): Promise<void> {
  await until(async () => {
    const replicas = await ask(port, 'REPLICAS').catch(() => null)
    const others = await ask(port, 'SENTINELS').catch(() => [])
    const isSynchronized = JSON.stringify(replicas).includes('"master-link-status","ok"')
    return isSynchronized && Array.isArray(others) && others.length === sentinelCount - 1
  })
}

async function untilListening(port: number): Promise<void> {
  await until(async () =>
    ask(port, 'MASTER').then(
      () => true,
      () => false
    )
  )
}

async function ask(port: number, command: string): Promise<unknown> {
  const client = new Redis({ port, lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    return await client.call('SENTINEL', command, name)
  } finally {
    client.disconnect()
  }
}
