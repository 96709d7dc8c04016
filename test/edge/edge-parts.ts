import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedStore } from '../../plugins/embedded/index.ts'
import { clusterKeys } from '../cluster-keys.ts'
import { storeSettings } from '../store-settings.ts'
import { startRedis } from '../standins/redis/start.ts'
import { startSplitProxy, type SplitProxy } from './split-proxy.ts'

/**
 * Whether the application of a test consists of two nodes: REST requests go to one, which becomes the home of every
 * show, and sockets to the other, the edge. `npm run check:edge` sets it.
 */
export const isThroughEdge = process.env.TEST_THROUGH_EDGE === 'on'

/** The parts that the home and the edge of a test have in common. */
export interface EdgeParts {
  /** The address of both. */
  readonly url: string
  readonly proxy: SplitProxy
  /** Settings of a node. */
  settingsOf(node: 'home' | 'edge'): Record<string, string>
  close(): Promise<void>
}

/**
 * Starts Redis, a store in the data folder unless the settings name one, and the proxy in front of both nodes.
 * @param settings of both nodes; `STORAGE_URL` of a folder does not work here
 */
export async function startEdgeParts(dataDir: string, settings: Record<string, string>): Promise<EdgeParts> {
  const closing: (() => unknown)[] = []
  const redis = await startRedis({ teardown: handler => closing.push(handler) })
  const proxy = await startSplitProxy(Number(settings.PORT ?? 0))
  closing.push(async () => await proxy.close())
  let MONGODB_URL = settings.MONGODB_URL ?? storeSettings(dataDir).MONGODB_URL
  if (MONGODB_URL === undefined) {
    const store = await startEmbeddedStore({ dataDir })
    closing.push(async () => await store.close())
    MONGODB_URL = store.url
  }
  const url = `http://127.0.0.1:${proxy.port}`
  for (const node of ['home', 'edge']) await mkdir(join(dataDir, node), { recursive: true })
  const common = {
    ...clusterKeys,
    STORAGE_URL: 'gridfs:',
    PUBLIC_URL: url,
    ...settings,
    REDIS_URL: redis.url,
    MONGODB_URL
  }
  return {
    url,
    proxy,
    settingsOf: node => ({ ...common, PORT: '0', NODE_ID: node, DATA_DIR: join(dataDir, node) }),
    async close() {
      for (const close of closing.toReversed()) await close()
    }
  }
}

/**
 * Throws when the node took over a show: its members were not those of an edge. A node that has ended by then is not
 * asked.
 */
export async function assertTookOverNothing(edgeUrl: string): Promise<void> {
  const response = await fetch(`${edgeUrl}/metrics`).catch(() => null)
  if (!response) return
  const metrics = await response.text()
  const takeovers = /^ambient_cluster_takeovers_total (\d+)$/m.exec(metrics)?.[1]
  if (takeovers !== '0') throw new Error(`the edge took over ${takeovers ?? 'an unknown number of'} shows`)
}
