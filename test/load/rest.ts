/*
 * npm run bench:rest [-- ROUNDS]
 *
 * Measures what Ambient adds to a request: authenticated GET /v1/users/me and GET /v1/shows/:showId, with services that
 * answer from memory and with the embedded store, compared with a bare Fastify that returns the same answers through
 * the same schemas. The servers take turns within one run, so that a busy machine is busy for all. Prints two ratios
 * with bare = 1: requests per second, and CPU time per request, which other programs disturb less. Asserts nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import autocannon from 'autocannon'
import { cpuMicros } from './process-cost.ts'
import type { Subject } from './rest-server.ts'

const rounds = Number(process.argv[2] ?? 5)
const roundSeconds = 3
const connections = 32
const kinds = ['bare', 'memory', 'store'] as const
type Kind = (typeof kinds)[number]

interface RunningServer {
  child: ChildProcess
  subject: Subject
}

interface Round {
  requestsPerSecond: number
  cpuMicrosPerRequest: number
}

async function start(kind: Kind): Promise<RunningServer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'rest-server.ts'), kind], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  child.stdout.resume()
  return { child, subject: JSON.parse(line) }
}

async function stop({ child }: RunningServer): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

async function load({ child, subject: { url, token } }: RunningServer, path: string): Promise<Round> {
  const pid = child.pid ?? 0
  const before = await cpuMicros(pid)
  const { requests, non2xx, errors } = await autocannon({
    url: url + path,
    connections,
    duration: roundSeconds,
    headers: { authorization: `Bearer ${token}` }
  })
  if (non2xx > 0 || errors > 0) {
    throw new Error(`${path}: ${non2xx} responses without success, ${errors} failed requests`)
  }
  return {
    requestsPerSecond: requests.average,
    cpuMicrosPerRequest: ((await cpuMicros(pid)) - before) / requests.total
  }
}

async function measure(
  servers: Record<Kind, RunningServer>,
  name: string,
  pathOf: (subject: Subject) => string
): Promise<void> {
  const measured: Record<Kind, Round[]> = { bare: [], memory: [], store: [] }
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const kind of kinds) {
      const cost = await load(servers[kind], pathOf(servers[kind].subject))
      if (round > 0) measured[kind].push(cost)
    }
  }
  const bare = medianOf(measured.bare)
  for (const kind of kinds) {
    const cost = medianOf(measured[kind])
    const rateRatio = cost.requestsPerSecond / bare.requestsPerSecond
    const cpuRatio = bare.cpuMicrosPerRequest / cost.cpuMicrosPerRequest
    console.log(
      [
        name.padEnd(20),
        kind.padEnd(7),
        `${cost.requestsPerSecond.toFixed(0).padStart(6)} requests/s (${rateRatio.toFixed(2)} of bare)`,
        `${cost.cpuMicrosPerRequest.toFixed(0).padStart(4)} µs CPU a request (${cpuRatio.toFixed(2)})`
      ].join('  ')
    )
  }
}

/** Returns the median of each figure. */
function medianOf(costs: readonly Round[]): Round {
  return {
    requestsPerSecond: median(costs.map(cost => cost.requestsPerSecond)),
    cpuMicrosPerRequest: median(costs.map(cost => cost.cpuMicrosPerRequest))
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}

const servers = { bare: await start('bare'), memory: await start('memory'), store: await start('store') }
console.log(`${rounds} rounds of ${roundSeconds} s, ${connections} connections; medians`)
await measure(servers, 'GET /v1/users/me', () => '/v1/users/me')
await measure(servers, 'GET /v1/shows/:id', ({ showId }) => `/v1/shows/${showId}`)
await Promise.all(Object.values(servers).map(stop))
