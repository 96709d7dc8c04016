/*
 * npm run bench:graphql [-- ROUNDS]
 *
 * Compares the home screen of an app in one GraphQL query with the same in REST requests: live shows, their creators
 * with followers, and the songs on air. One server with its store answers both in turns within one run, so that a busy
 * machine is busy for both. A screen of REST sends the list first, and then the requests about its shows at once, over
 * connections that stay open. Prints the CPU time of the server, the bytes on the wire in both directions and the
 * requests for each screen, and the ratios GraphQL ÷ REST. Asserts only that both return the same data.
 */
import { isDeepStrictEqual } from 'node:util'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cpuMicros } from './process-cost.ts'
import { homeQuery, type HomeShow } from './graphql/home-screen.ts'

const rounds = Number(process.argv[2] ?? 5)
const screensPerRound = 150
const parallelScreens = 8

interface Server {
  url: string
  token: string
}

/** The cost of one screen. */
interface Cost {
  cpuMicros: number
  bytes: number
  requests: number
}

const child = spawn(process.execPath, [join(import.meta.dirname, 'graphql', 'home-server.ts')], {
  stdio: ['ignore', 'pipe', 'inherit']
})
const [line] = await once(createInterface({ input: child.stdout }), 'line')
child.stdout.resume()
const { url, token }: Server = JSON.parse(line)
const agent = new Agent({ keepAlive: true, maxSockets: 32 })
const sockets = new Set<Socket>()
let requests = 0

async function send(method: string, path: string, body?: object): Promise<unknown> {
  requests++
  const text = body && JSON.stringify(body)
  return await new Promise((resolve, reject) => {
    const sent = request(url + path, {
      method,
      agent,
      headers: {
        authorization: `Bearer ${token}`,
        ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      }
    })
    sent.on('socket', socket => sockets.add(socket))
    sent.on('error', reject)
    sent.on('response', response => {
      let received = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (received += part))
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(received))
        else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${received}`))
      })
    })
    sent.end(text)
  })
}

async function byGraphql(): Promise<HomeShow[]> {
  const answer = await send('POST', '/graphql', { query: homeQuery, variables: { first: 10 } })
  const { data, errors } = answer as { data: { shows: { edges: { node: HomeShow }[] } }; errors?: object[] }
  if (errors) throw new Error(JSON.stringify(errors))
  return data.shows.edges.map(({ node }) => node)
}

async function byRest(): Promise<HomeShow[]> {
  const page = await send('GET', '/v1/shows?status=live&limit=10')
  const { items } = page as { items: (HomeShow & { creator: { id: string } })[] }
  return await Promise.all(
    items.map(async ({ id, title, listenerCount, creator }) => {
      const [profile, onAir] = await Promise.all([
        send('GET', `/v1/users/${creator.id}`),
        send('GET', `/v1/shows/${id}/on-air`)
      ])
      const { followerCount } = profile as { followerCount: number }
      const { items: songsOnAir } = onAir as { items: HomeShow['songsOnAir'] }
      return {
        id,
        title,
        listenerCount,
        songsOnAir: songsOnAir.map(({ title, artists }) => ({ title, artists })),
        creator: {
          id: creator.id,
          displayName: creator.displayName,
          avatarUrl: creator.avatarUrl,
          profile: { followerCount }
        }
      }
    })
  )
}

const wireBytes = () => [...sockets].reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0)

async function measure(screen: () => Promise<unknown>): Promise<Cost> {
  const before = { cpu: await cpuMicros(child.pid ?? 0), bytes: wireBytes(), requests }
  for (let n = 0; n < screensPerRound; n += parallelScreens) {
    await Promise.all(Array.from({ length: Math.min(parallelScreens, screensPerRound - n) }, screen))
  }
  return {
    cpuMicros: ((await cpuMicros(child.pid ?? 0)) - before.cpu) / screensPerRound,
    bytes: (wireBytes() - before.bytes) / screensPerRound,
    requests: (requests - before.requests) / screensPerRound
  }
}

function median(costs: readonly Cost[], figure: keyof Cost): number {
  return costs.map(cost => cost[figure]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? NaN
}

const screens = [await byRest(), await byGraphql()]
if (!isDeepStrictEqual(screens[0], screens[1])) throw new Error(`the screens differ: ${JSON.stringify(screens)}`)

const measured: Record<'rest' | 'graphql', Cost[]> = { rest: [], graphql: [] }
// The first round only warms up.
for (let round = 0; round <= rounds; round++) {
  const costs = { rest: await measure(byRest), graphql: await measure(byGraphql) }
  if (round === 0) continue
  measured.rest.push(costs.rest)
  measured.graphql.push(costs.graphql)
}
console.log(`${rounds} rounds of ${screensPerRound} screens with ${screens[0]?.length} shows; medians for one screen`)
for (const [figure, unit] of [
  ['cpuMicros', 'µs CPU'],
  ['bytes', 'bytes'],
  ['requests', 'requests']
] as const) {
  const [rest, graphql] = [median(measured.rest, figure), median(measured.graphql, figure)]
  console.log(
    `${unit.padEnd(9)} REST ${rest.toFixed(0).padStart(7)}  GraphQL ${graphql.toFixed(0).padStart(7)}  ratio ${(graphql / rest).toFixed(2)}`
  )
}
agent.destroy()
const exited = once(child, 'exit')
child.kill('SIGTERM')
await exited
