import pino from 'pino'
import type { Test } from 'tap'
import { createMemoryPresence } from '../../../../plugins/app/live-values/memory-presence.ts'
import type { PresenceStore } from '../../../../plugins/app/live-values/presence-store.ts'
import { createRedisPresence } from '../../../../plugins/app/live-values/redis-presence.ts'
import { connectRedis, type RedisConnections } from '../../../../plugins/external/redis/connections.ts'
import { startRedis, type RedisServer } from '../../../standins/redis/start.ts'

/** Nodes that share one store. */
export interface StoreHarness {
  join(nodeId: string): PresenceStore
  /** Lets time pass. */
  pass(ms: number): Promise<void>
}

export interface RedisStoreHarness extends StoreHarness {
  readonly server: RedisServer
  readonly connections: RedisConnections
}

/** Entries of the harnesses expire after this time. */
export const shortTtlMs = 1000

export async function startMemoryStores(): Promise<StoreHarness> {
  let nowMs = Date.now()
  const memory = createMemoryPresence({ nowMs: () => nowMs, ttlMs: shortTtlMs })
  return {
    join: memory.join,
    async pass(ms) {
      nowMs += ms
    }
  }
}

export async function startRedisStores(t: Test, ttlMs = shortTtlMs): Promise<RedisStoreHarness> {
  const server = await startRedis(t)
  const connections = await connectRedis({ url: server.url, logger: pino({ level: 'silent' }) })
  t.teardown(() => connections.close())
  return {
    server,
    connections,
    join: nodeId => createRedisPresence({ redis: connections.commands, nodeId, ttlMs }),
    pass: async ms => await new Promise(resolve => setTimeout(resolve, ms))
  }
}
