/*
 * npm run bench:rest [-- ROUNDS] [--json]
 *
 * Measures what Ambient adds to a request: authenticated GET /v1/users/me and GET /v1/shows/:showId, with services that
 * answer from memory and with the embedded store, compared with a bare Fastify that returns the same answers through
 * the same schemas, and with the embedded store of an earlier build. The servers take turns within one run, so that a
 * busy machine is busy for all. Prints requests per second and CPU time per request, which other programs disturb less.
 * Asserts nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import autocannon from 'autocannon'
import { checkOutBase } from './base-checkout.ts'
import { printRows, type BenchRow } from './bench-rows.ts'
import { cpuMicros } from './process-cost.ts'
import type { Subject } from './rest-server.ts'

const rounds = Number(process.argv.slice(2).find(argument => /^\d+$/.test(argument)) ?? 5)
const roundSeconds = 2
const connections = 32
/** The build with which the store is compared: every read by _id is a command of the driver. */
const baseCommit = '3e40dac'
const kinds = ['bare', 'memory', 'store', 'base'] as const
type Kind = (typeof kinds)[number]
type Servers = Partial<Record<Kind, RunningServer>>

interface RunningServer {
  child: ChildProcess
  subject: Subject
}

interface Round {
  requestsPerSecond: number
  cpuMicrosPerRequest: number
}

async function start(kind: Exclude<Kind, 'base'>, folder = import.meta.dirname): Promise<RunningServer> {
  const child = spawn(process.execPath, [join(folder, 'rest-server.ts'), kind], {
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

/** Returns the medians of one request on each server. */
async function measure(
  servers: Servers,
  name: string,
  pathOf: (subject: Subject) => string
): Promise<Partial<Record<Kind, Round>>> {
  const measured: Record<Kind, Round[]> = { bare: [], memory: [], store: [], base: [] }
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const kind of kinds) {
      const server = servers[kind]
      const cost = server && (await load(server, pathOf(server.subject)))
      if (cost && round > 0) measured[kind].push(cost)
    }
  }
  const medians: Partial<Record<Kind, Round>> = {}
  for (const kind of kinds) if (measured[kind].length > 0) medians[kind] = medianOf(measured[kind])
  print(name, medians)
  return medians
}

function print(name: string, medians: Partial<Record<Kind, Round>>): void {
  for (const kind of kinds) {
    const { [kind]: cost, bare } = medians
    if (!cost || !bare) continue
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

/** Returns the ratios of the CPU time of a request. */
function rowsOf(name: string, { bare, memory, store, base }: Partial<Record<Kind, Round>>): BenchRow[] {
  const ratio = (a: Round | undefined, b: Round | undefined) =>
    (a?.cpuMicrosPerRequest ?? NaN) / (b?.cpuMicrosPerRequest ?? NaN)
  const rows: BenchRow[] = [
    {
      row: 7,
      name: `${name}, bare Fastify ÷ from memory`,
      value: ratio(bare, memory),
      unit: '',
      target: 0.6,
      atMost: false
    },
    {
      row: 8,
      name: `${name}, embedded store ÷ that of ${baseCommit}`,
      value: ratio(store, base),
      unit: '',
      target: 0.35,
      atMost: true
    }
  ]
  return rows.filter(({ value }) => Number.isFinite(value))
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

const base = await checkOutBase(baseCommit)
const servers: Servers = { bare: await start('bare'), memory: await start('memory'), store: await start('store') }
if (base) servers.base = await start('store', join(base.folder, 'test/load'))
else console.log(`no commit ${baseCommit} here: the store is not compared with it`)
console.log(`${rounds} rounds of ${roundSeconds} s, ${connections} connections; medians`)
const user = await measure(servers, 'GET /v1/users/me', () => '/v1/users/me')
const show = await measure(servers, 'GET /v1/shows/:id', ({ showId }) => `/v1/shows/${showId}`)
await Promise.all(Object.values(servers).map(stop))
await base?.remove()
const rows = [...rowsOf('GET /v1/users/me', user), ...rowsOf('GET /v1/shows/:id', show)]
for (const { name, value, target, atMost } of rows) {
  console.log(`${name}: ${value.toFixed(2)} (${atMost ? 'at most' : 'at least'} ${target})`)
}
printRows(rows)
