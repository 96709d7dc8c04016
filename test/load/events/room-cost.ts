/*
 * Compares a server that writes its events to a real Kafka with one that does not: CPU of the process, and the duration
 * of commands, in a show with many commands. The servers take turns, since the machine is not always as fast.
 * Usage: node test/load/events/room-cost.ts [TURNS] [LISTENERS]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { noLimits } from '../../realtime/cluster/acknowledged.ts'
import { startServer } from '../../server-process.ts'
import { startKafka } from '../../standins/kafka/start.ts'
import { signIn } from '../../users.ts'
import { cpuMicros } from '../process-cost.ts'

const turns = Number(process.argv[2] ?? 6)
const listeners = Number(process.argv[3] ?? 100)
const turnMs = 8000
const commandEveryMs = 20

const teardowns: (() => unknown)[] = []
try {
  const broker = await startKafka({ teardown: callback => teardowns.push(callback) })

  async function startShow(settings: Record<string, string>) {
    const server = await startServer({ ...noLimits, LOG_LEVEL: 'warn', ...settings })
    teardowns.push(async () => await server.stop())
    const creator = await signIn(server.url, 'Ana')
    const { id: showId } = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'A show' })
    await creator.rest('POST', `/v1/shows/${showId}/start`)
    const client = await (await signIn(server.url, 'Ben')).connect()
    await client.join(showId)
    for (let n = 1; n < listeners; n++) await (await (await signIn(server.url, `Listener ${n}`)).connect()).join(showId)
    return { server, client, cpu: 0, durations: [] as number[] }
  }
  const shows = { off: await startShow({}), on: await startShow({ KAFKA_BROKERS: broker.address }) }

  async function runTurn(show: Awaited<ReturnType<typeof startShow>>, isCounted: boolean): Promise<void> {
    const { server, client } = show
    const cpuBefore = await cpuMicros(server.pid)
    const durations: number[] = []
    const endAt = performance.now() + turnMs
    while (performance.now() < endAt) {
      const startedAt = performance.now()
      await client.request('speak:request', { reason: 'A reason' })
      await client.request('speak:cancel', {})
      durations.push((performance.now() - startedAt) / 2)
      await sleep(commandEveryMs)
    }
    if (!isCounted) return
    show.cpu += ((await cpuMicros(server.pid)) - cpuBefore) / durations.length
    show.durations.push(...durations)
  }

  for (const show of [shows.off, shows.on]) await runTurn(show, false)
  for (let turn = 0; turn < turns; turn++) {
    for (const show of turn % 2 === 0 ? [shows.off, shows.on] : [shows.on, shows.off]) await runTurn(show, true)
  }
  for (const [name, { cpu, durations }] of Object.entries(shows)) {
    const sorted = durations.toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(2)
    console.log(
      `Kafka ${name}: ${Math.round(cpu / turns)} µs of CPU for two commands, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
    )
  }
  console.log(`CPU, on ÷ off: ${(shows.on.cpu / shows.off.cpu).toFixed(3)}`)
} finally {
  for (const teardown of teardowns.toReversed()) await teardown()
}
