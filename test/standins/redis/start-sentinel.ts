import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Test } from 'tap'
import { until } from '../../realtime/cluster/until.ts'
import { freePort } from '../free-port.ts'
import { startRedis, type RedisServer } from './start.ts'

/** A real primary with a replica, and a real sentinel that makes the replica the primary when the first is gone. */
export interface WatchedRedis {
  /** REDIS_URL of both, by the sentinel. */
  readonly url: string
  readonly primary: RedisServer
  readonly replica: RedisServer
}

const name = 'mymaster'
const password = 'pa:ss@word/of redis'
const downAfterMs = 1000

/** Starts them on 127.0.0.1 until the end of the test. */
export async function startWatchedRedis(t: Test): Promise<WatchedRedis> {
  const primary = await startRedis(t, { password, args: ['--masterauth', password, '--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis(t, {
    password,
    args: ['--masterauth', password, '--replicaof', `127.0.0.1 ${primary.port}`]
  })
  const folder = await mkdtemp(join(tmpdir(), 'ambient-sentinel-'))
  const port = await freePort()
  const configuration = join(folder, 'sentinel.conf')
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor ${name} 127.0.0.1 ${primary.port} 1`,
    `sentinel auth-pass ${name} "${password}"`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 3000`
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  const sentinel = spawn('redis-server', [configuration, '--sentinel'], { stdio: 'ignore' })
  // A test that crashes runs no teardown.
  const kill = () => sentinel.kill('SIGKILL')
  process.once('exit', kill)
  t.teardown(async () => {
    process.off('exit', kill)
    const ended = once(sentinel, 'exit')
    kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  const client = new Redis({ port, retryStrategy: () => 50 })
  client.on('error', () => {})
  // The replica can take over once it has synchronized and the sentinel knows it.
  await until(async () => {
    const reply = await client.call('SENTINEL', 'REPLICAS', name)
    return JSON.stringify(reply).includes('"master-link-status","ok"')
  })
  client.disconnect()
  return {
    url: `redis+sentinel://:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`,
    primary,
    replica
  }
}
