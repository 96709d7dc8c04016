import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startEmbeddedStore } from '../../../plugins/embedded/index.ts'
import { startRealNodes } from '../../realtime/cluster/real-nodes.ts'
import { startServer, type ServerProcess } from '../../server-process.ts'
import { childrenOf, cpuMicros } from '../process-cost.ts'

/** CPU time used so far, µs: of all Node.js processes and media workers of the servers, and of Redis. */
export interface Cpu {
  readonly servers: number
  readonly redis: number
}

/** The servers of a show: one, or two nodes and their Redis. The store is in this process and is not measured. */
export interface Setup {
  readonly name: string
  /** The first is where shows start: their home. */
  readonly nodes: readonly [ServerProcess, ...ServerProcess[]]
  cpu(): Promise<Cpu>
  close(): Promise<void>
}

const unlimited = '1000000'
const settings = {
  AUTH_DEV_LOGIN: 'on',
  MEDIA_WORKERS: '1',
  MEDIA_LISTENERS_PER_WORKER: unlimited,
  LIMIT_COMMENTS_PER_10S: unlimited,
  LIMIT_EVENTS_PER_10S: unlimited,
  STORAGE_URL: 'gridfs:'
}

/** Starts one server without Redis, with the same kind of store as the nodes. */
export async function startSingle(): Promise<Setup> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ambient-single-'))
  const store = await startEmbeddedStore({ dataDir })
  const server = await startServer({ ...settings, MONGODB_URL: store.url })
  return {
    name: 'one server',
    nodes: [server],
    cpu: async () => ({ servers: await cpuOf([server]), redis: 0 }),
    async close() {
      await server.close()
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  }
}

/** Starts two nodes with a real Redis. */
export async function startTwoNodes(): Promise<Setup> {
  const teardowns: (() => unknown)[] = []
  const close = async () => {
    for (const run of teardowns.splice(0).toReversed()) await run()
  }
  const starting = startRealNodes({ teardown: run => teardowns.push(run) }, { settings })
  const { redis, nodes } = await starting.catch(async (error: unknown) => {
    await close()
    throw error
  })
  const client = new Redis(redis.url)
  teardowns.push(() => client.disconnect())
  const [first, ...others] = nodes
  if (!first) throw new Error('no node was started')
  return {
    name: 'two nodes',
    nodes: [first, ...others],
    cpu: async () => ({ servers: await cpuOf(nodes), redis: await redisMicros(client) }),
    close
  }
}

async function cpuOf(nodes: readonly ServerProcess[]): Promise<number> {
  let micros = 0
  for (const { pid } of nodes) {
    for (const process of [pid, ...(await childrenOf(pid, 'mediasoup-worker'))]) micros += await cpuMicros(process)
  }
  return micros
}

/** Redis knows its own time more exactly than /proc does. */
async function redisMicros(client: Redis): Promise<number> {
  const info = await client.info('cpu')
  const seconds = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1])
  return (seconds('used_cpu_sys') + seconds('used_cpu_user')) * 1e6
}
