import { randomBytes } from 'node:crypto'
import pino from 'pino'
import type { Test } from 'tap'
import { connectRedis, type RedisConnections } from '../../../plugins/external/redis/connections.ts'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import { createMemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import { joinRedisCluster, type BusObserver } from '../../../realtime/cluster/redis-bus.ts'
import { captureLog, type CapturedLog } from '../../captured-log.ts'
import { startFaultProxy, type FaultProxy } from '../../standins/fault-proxy.ts'
import { startRedis, type RedisServer, type RedisServerOptions } from '../../standins/redis/start.ts'

/** Nodes that tests connect and disturb. */
export interface BusHarness {
  join(name: string): Promise<Bus>
  cut(bus: Bus): Promise<void>
  restore(bus: Bus): Promise<void>
  /** Restarts what the nodes share, without what it stored. */
  restartEmpty(): Promise<void>
}

export interface RedisHarness extends BusHarness {
  readonly server: RedisServer
  readonly log: CapturedLog
  proxyOf(bus: Bus): FaultProxy
  connectionsOf(bus: Bus): RedisConnections
  joinAs(nodeId: string, observer?: BusObserver): Promise<Bus>
}

const newId = (name: string) => `${name}-${randomBytes(6).toString('hex')}`
const factsOf = (nodeId: string) => ({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 })

export async function startMemoryHarness(t: Test): Promise<BusHarness> {
  const cluster = createMemoryCluster()
  return {
    async join(name) {
      const bus = cluster.join(factsOf(newId(name)))
      t.teardown(async () => await bus.close())
      return bus
    },
    cut: async ({ nodeId }) => cluster.cut(nodeId),
    restore: async ({ nodeId }) => cluster.restore(nodeId),
    restartEmpty: async () => cluster.restartEmpty()
  }
}

/** Nodes that share a real redis-server, each through a proxy of its own. */
export async function startRedisHarness(t: Test, options: RedisServerOptions = {}): Promise<RedisHarness> {
  const server = await startRedis(t, options)
  const log = captureLog()
  const logger = pino({ level: 'info' }, log.stream)
  const proxies = new Map<string, FaultProxy>()
  const connected = new Map<string, RedisConnections>()

  function get<T>(parts: ReadonlyMap<string, T>, { nodeId }: Bus): T {
    const part = parts.get(nodeId)
    if (part === undefined) throw new Error(`${nodeId} is none of these nodes`)
    return part
  }

  async function joinAs(nodeId: string, observer?: BusObserver): Promise<Bus> {
    const proxy = await startFaultProxy(t, server.port)
    const url = server.url.replace(/:\d+$/, `:${proxy.port}`)
    const connections = await connectRedis({ url, logger })
    t.teardown(() => connections.close())
    proxies.set(nodeId, proxy)
    connected.set(nodeId, connections)
    const bus = await joinRedisCluster({ connections, facts: factsOf(nodeId), logger, ...(observer && { observer }) })
    t.teardown(async () => await bus.close())
    return bus
  }

  return {
    server,
    log,
    joinAs,
    proxyOf: bus => get(proxies, bus),
    connectionsOf: bus => get(connected, bus),
    join: async name => await joinAs(newId(name)),
    cut: async bus => await get(proxies, bus).cut(),
    restore: async bus => await get(proxies, bus).restore(),
    async restartEmpty() {
      await server.stop()
      await server.start()
    }
  }
}
