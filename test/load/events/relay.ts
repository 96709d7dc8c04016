/*
 * Measures the relay of the event sequence with a real broker and the embedded store, in one process: how fast it sends
 * stored records, what a record costs, and the delay from storing a record until the broker has it.
 * Usage: node test/load/events/relay.ts [RECORDS]
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { loadConfig } from '../../../config/config.ts'
import { createKafkaSink } from '../../../plugins/app/event-sequence/kafka-sink.ts'
import { createRelay } from '../../../plugins/app/event-sequence/relay.ts'
import { createSequenceReader } from '../../../plugins/app/event-sequence/sequence-reader.ts'
import { openStoredCursors } from '../../../plugins/app/event-sequence/stored-cursors.ts'
import { openPseudonyms } from '../../../plugins/app/privacy/pseudonyms.ts'
import { createAudienceLog } from '../../../plugins/app/shows/audience-log.ts'
import { createEventLog, type LogWriter } from '../../../plugins/app/shows/event-log.ts'
import { openEventTables } from '../../../plugins/app/shows/event-tables.ts'
import { startEmbeddedStore } from '../../../plugins/embedded/index.ts'
import { readKafkaOptions } from '../../../plugins/external/kafka/kafka-options.ts'
import { createKafkaWriter } from '../../../plugins/external/kafka/kafka-writer.ts'
import { createMongoRecords } from '../../../plugins/external/records/mongo-records.ts'
import { startKafka } from '../../standins/kafka/start.ts'

const records = Number(process.argv[2] ?? 50_000)
const shows = 50
const liveRecordsPerSecond = 200
const liveSeconds = 15
const turnMs = 20
const logger = { debug() {}, warn: console.warn, info: console.warn, error: console.error }

const teardowns: (() => unknown)[] = []
const folder = await mkdtemp(join(tmpdir(), 'ambient-relay-bench-'))
try {
  const broker = await startKafka({ teardown: callback => teardowns.push(callback) })
  const store = await startEmbeddedStore({ dataDir: folder })
  teardowns.push(async () => await store.close())
  const client = await MongoClient.connect(store.url)
  teardowns.push(async () => await client.close())
  const db = client.db()
  const pseudonymOf = await openPseudonyms(db)
  const recordStore = createMongoRecords(db, 'bench')
  const eventLog = createEventLog(await openEventTables(recordStore))
  const audienceLog = await createAudienceLog(recordStore, pseudonymOf)
  const config = loadConfig({ DATA_DIR: folder, KAFKA_BROKERS: broker.address })
  const kafka = createKafkaWriter({ options: await readKafkaOptions(config), topicPrefix: 'ambient', logger })
  teardowns.push(() => kafka.close())
  let relayed = 0
  let delays: number[] = []
  const relay = createRelay({
    cursors: await openStoredCursors({ db, processId: randomUUID(), nowMs: Date.now }),
    sink: createKafkaSink(kafka),
    read: createSequenceReader({ eventLog, audienceLog, pseudonymOf }).read,
    nowMs: Date.now,
    logger,
    onRelayed(batch) {
      relayed += batch.length
      for (const { at } of batch) delays.push(Date.now() - at)
    },
    onFailed() {}
  })

  const places = new Map<string, number>()
  const writers = new Map<string, LogWriter>()
  const showIds = Array.from({ length: shows }, (_, index) => `show-${index}`)
  async function append(showId: string, count: number): Promise<void> {
    const before = places.get(showId) ?? 1
    places.set(showId, before + count)
    const events = Array.from({ length: count }, (_, index) => ({
      seq: before + index + 1,
      at: Date.now(),
      event: { type: 'mute:changed' as const, userId: `user-${index % 500}`, muted: index % 2 === 0, by: null }
    }))
    await writers.get(showId)?.append(events)
  }
  for (const showId of showIds) {
    await relay.open(showId)
    writers.set(showId, await eventLog.take(showId, 'node', 0, Date.now()))
  }
  for (const showId of showIds) await append(showId, records / shows)

  const total = () => [...places.values()].reduce((sum, count) => sum + count, 0)
  const startedAt = performance.now()
  const startCpu = process.cpuUsage()
  for (const showId of showIds) relay.wake(showId, 'log')
  while (relayed < total()) await sleep(20)
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(startCpu)
  console.log(`${Math.round(relayed / seconds)} records/s, ${((user + system) / relayed).toFixed(1)} µs of CPU each`)

  delays = []
  eventLog.bindObserver({ beforeTake: relay.open, onStored: showId => relay.wake(showId, 'log') })
  for (let sent = 0; sent < liveRecordsPerSecond * liveSeconds;) {
    for (let n = 0; n < (liveRecordsPerSecond * turnMs) / 1000; n++) await append(showIds[sent++ % shows] ?? '', 1)
    await sleep(turnMs)
  }
  while (relayed < total()) await sleep(20)
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]
  console.log(`live, ${liveRecordsPerSecond}/s in ${shows} shows: delay p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`)
  await relay.close()
} finally {
  for (const teardown of teardowns.toReversed()) await teardown()
  await rm(folder, { recursive: true, force: true })
}
