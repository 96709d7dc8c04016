import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startEmbeddedStore } from '../../../plugins/embedded/index.ts'
import { clusterKeys } from '../../cluster-keys.ts'
import { startServer, type ServerProcess } from '../../server-process.ts'
import { startFaultProxy, type FaultProxy } from '../../standins/fault-proxy.ts'
import { startRedis, type RedisServer } from '../../standins/redis/start.ts'
import { recordsSettings } from '../../store-settings.ts'

/** Server processes that share a real Redis and one store. */
export interface RealNodes {
  readonly redis: RedisServer
  readonly nodes: readonly ServerProcess[]
  /** Address of the store of records. */
  readonly recordsUrl: string
}

export interface RealNodesOptions {
  count?: number
  /** Settings of all nodes. */
  settings?: Record<string, string>
  /** Folders with the code of single nodes, by their place; the others run that of this project. */
  folders?: readonly string[]
  /** Settings of single nodes, by their place. */
  ofNode?: (
    index: number,
    redisUrl: string,
    recordsUrl: string
  ) => Record<string, string> | Promise<Record<string, string>>
}

/** Starts nodes. They are stopped after the test. */
export async function startRealNodes(
  t: Pick<Test, 'teardown'>,
  { count = 2, settings = {}, folders = [], ofNode = () => ({}) }: RealNodesOptions = {}
): Promise<RealNodes> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ambient-nodes-'))
  const store = await startEmbeddedStore({ dataDir })
  t.teardown(async () => {
    await store.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const redis = await startRedis(t)
  const recordsUrl = recordsSettings(dataDir).RECORDS_URL ?? store.url
  const nodes: ServerProcess[] = []
  // Before the stores end, which the nodes still write to.
  t.teardown(async () => {
    await Promise.all(nodes.map(async node => await node.close()))
  })
  for (let index = 0; index < count; index++) {
    const own = {
      ...clusterKeys,
      REDIS_URL: redis.url,
      MONGODB_URL: store.url,
      ...recordsSettings(dataDir),
      STORAGE_URL: 'gridfs:',
      NODE_ID: String.fromCharCode(97 + index),
      MEDIA_WORKERS: '1',
      AUTH_DEV_LOGIN: 'on',
      ...settings,
      ...(await ofNode(index, redis.url, recordsUrl))
    }
    const folder = folders[index]
    const node = await startServer(own, folder === undefined ? {} : { folder })
    nodes.push(node)
  }
  return { redis, nodes, recordsUrl }
}

/** Nodes that a test can cut off from Redis. */
export interface PartitionedNodes extends RealNodes {
  /** Before the Redis of each node. */
  readonly proxies: readonly FaultProxy[]
}

/** Starts nodes with a proxy before the Redis of each. They are stopped after the test. */
export async function startPartitionedNodes(
  t: Test,
  options: Omit<RealNodesOptions, 'ofNode'>
): Promise<PartitionedNodes> {
  const proxies: FaultProxy[] = []
  const nodes = await startRealNodes(t, {
    ...options,
    async ofNode(_index, redisUrl) {
      const proxy = await startFaultProxy(t, Number(new URL(redisUrl).port))
      proxies.push(proxy)
      return { REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
    }
  })
  return { ...nodes, proxies }
}
