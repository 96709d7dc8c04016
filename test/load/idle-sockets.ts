/*
 * npm run bench:nginx [-- SOCKETS]
 *
 * So many people in one show through NGINX and TLS who say nothing: whether all get in, whether all are still there after four rounds of
 * pings, what NGINX costs, and how long a comment takes to reach them all. Fails where not all get in, or one is not reached.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { joinShow, goLive, signIn } from '../users.ts'
import { startBehind, type Behind } from '../nginx/behind.ts'
import type { CrowdOrder, CrowdReport } from './comment-crowd.ts'
import { childrenOf, cpuMicros, residentKib } from './process-cost.ts'

const sockets = Number(process.argv[2] ?? 4000)
const crowdProcesses = 4
const idleMs = 45_000
const plenty = '1000000'
const sleep = async (ms: number) =>
  await new Promise<void>(resolve => {
    setTimeout(resolve, ms)
  })

/** The CPU and memory of NGINX's workers together. */
async function costOf({ front }: Behind): Promise<{ micros: number; kib: number }> {
  const workers = await childrenOf(front.pid, 'nginx')
  const [micros, kib] = await Promise.all([Promise.all(workers.map(cpuMicros)), Promise.all(workers.map(residentKib))])
  const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)
  return { micros: sum(micros), kib: sum(kib) }
}

async function tokensFor(url: string): Promise<string[]> {
  const tokens: string[] = []
  while (tokens.length < sockets) {
    tokens.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, sockets - tokens.length) }, async () => (await signIn(url, 'Listener')).token)
      ))
    )
  }
  return tokens
}

/** Brings them, in processes of their own that believe NGINX's certificate. */
async function bring(behind: Behind, showId: string, tokens: readonly string[]): Promise<ChildProcess[]> {
  const share = Math.ceil(tokens.length / crowdProcesses)
  const url = `${behind.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&showId=${showId}`
  return await Promise.all(
    Array.from({ length: crowdProcesses }, async (_, n) => {
      const child = fork(join(import.meta.dirname, 'comment-crowd.ts'), {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: join(behind.front.folder, 'tls', 'ca.crt') }
      })
      child.send({ url, showId, tokens: tokens.slice(n * share, (n + 1) * share) } satisfies CrowdOrder)
      await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => {
          throw new Error('somebody did not get in')
        })
      ])
      return child
    })
  )
}

/** How many messages the crowd got since it was asked before. */
async function heardBy(crowd: readonly ChildProcess[]): Promise<number> {
  const counts = await Promise.all(
    crowd.map(async child => {
      child.send('report')
      const [report]: CrowdReport[] = (await once(child, 'message')) as [CrowdReport]
      return report && 'messages' in report ? report.messages : 0
    })
  )
  return counts.reduce((all, one) => all + one, 0)
}

console.log(`${sockets} sockets through NGINX and TLS; load of the machine at the start ${loadavg()[0]?.toFixed(1)}`)
const behind = await startBehind({ server: { MEDIA_WORKERS: '1', MEDIA_LISTENERS_PER_WORKER: plenty } })
const { showId } = await goLive(behind.url)
const { client } = await joinShow(behind.url, showId, 'Somebody who talks')
const tokens = await tokensFor(behind.url)
const before = await costOf(behind)
const arrivedFrom = performance.now()
const crowd = await bring(behind, showId, tokens)
console.log(`all in after ${Math.round(performance.now() - arrivedFrom)} ms`)
const arrived = await costOf(behind)
await sleep(idleMs)
const idle = await costOf(behind)
console.log(
  `NGINX: ${((arrived.kib - before.kib) / sockets).toFixed(1)} KiB and ${((arrived.micros - before.micros) / sockets / 1000).toFixed(2)} ms CPU for each that came · ${((idle.micros - arrived.micros) / idleMs / 10).toFixed(1)} % of a core while ${sockets} are idle`
)
await heardBy(crowd)
const saidAt = performance.now()
await client.request('comment:send', { clientId: 'c1', text: 'Are you all still there?' })
let heard = 0
while (heard < sockets && performance.now() - saidAt < 30_000) heard += await heardBy(crowd)
console.log(
  `after ${idleMs / 1000} s a comment reached ${heard} of ${sockets}, the last after ${Math.round(performance.now() - saidAt)} ms · load at the end ${loadavg()[0]?.toFixed(1)}`
)
for (const child of crowd) child.kill()
await behind.close()
process.exit(heard === sockets ? 0 : 1)
