import fc from 'fast-check'
import pino from 'pino'
import t from 'tap'
import { runsOf } from '../depth.ts'
import { sequenceStreams, topicOfStream } from '../../contract/event-sequence.ts'
import { encodeMessage } from '../../plugins/app/event-sequence/message-codec.ts'
import { createMemoryTotals } from '../../plugins/app/event-totals/memory-totals.ts'
import { beginEpoch, openEpoch } from '../../plugins/app/event-totals/redis-epoch.ts'
import { createRedisTotals } from '../../plugins/app/event-totals/redis-totals.ts'
import { connectRedis } from '../../plugins/external/redis/connections.ts'
import { createFoldBatch, type ReadMessage } from '../../processes/live-values/batch.ts'
import { createMeter } from '../../processes/live-values/meter.ts'
import {
  allStreams,
  foldAll,
  interleave,
  nowMs,
  readAll,
  showIds,
  type StreamOfRecords
} from '../plugins/app/event-totals/sequences.ts'
import { startRedis } from '../standins/redis/start.ts'

const runs = runsOf(60, 300)
const partitions = 2

/** The messages of one partition of a topic, in order. */
type Partition = readonly ReadMessage[]

/** Produces streams into partitions: the order within a show and stream stays, that between shows is any. */
function produce(streams: readonly StreamOfRecords[], choices: readonly number[]): Partition[] {
  const produced = new Map<string, ReadMessage[]>()
  for (const record of interleave(streams, choices, 0).flat()) {
    const topic = topicOfStream[record.stream]
    const partition = showIds.findIndex(showId => showId === record.showId) % partitions
    const messages = produced.get(`${topic}:${partition}`) ?? []
    const value = Buffer.from(encodeMessage(record))
    messages.push({ topic, partition, offset: BigInt(messages.length), value })
    produced.set(`${topic}:${partition}`, messages)
  }
  return [...produced.values()]
}

/** Reads partitions in batches, in any order between them. Each message comes twice. */
function readTwice(produced: readonly Partition[], choices: readonly number[]): ReadMessage[][] {
  const next = produced.map(() => 0)
  const batches: ReadMessage[][] = []
  for (let turn = 0; ; turn++) {
    const open = produced.flatMap((messages, index) => ((next[index] ?? 0) < messages.length ? [index] : []))
    if (open.length === 0) return batches
    const choice = choices[turn % choices.length] ?? 0
    const index = open[choice % open.length] ?? 0
    const from = next[index] ?? 0
    const batch = (produced[index] ?? []).slice(from, from + 1 + (choice % 7))
    // Another consumer may get the batch again at once, or later, from some messages earlier on.
    batches.push([...batch], (produced[index] ?? []).slice(Math.max(0, from - (choice % 4)), from + batch.length))
    next[index] = from + batch.length
  }
}

t.test('messages that come twice and in any order of partitions give the totals of the fold in process', async t => {
  const server = await startRedis(t)
  const connections = await connectRedis({ url: server.url, logger: pino({ level: 'silent' }) })
  t.teardown(() => connections.close())
  const redis = connections.commands
  const foldBatch = createFoldBatch({
    streamOf: new Map(sequenceStreams.map(stream => [topicOfStream[stream], stream])),
    meter: createMeter(async () => undefined),
    logger: pino({ level: 'silent' }),
    nowMs: () => nowMs
  })

  async function consume(batches: readonly ReadMessage[][]) {
    const epoch = await openEpoch(redis, () => nowMs)
    for (const batch of batches) await foldBatch(epoch, batch)
    return await epoch.readOffsets()
  }

  const choices = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(allStreams, choices, choices, choices, async (streams, first, second, third) => {
      await redis.flushall()
      const inProcess = createMemoryTotals(() => nowMs)
      await foldAll(inProcess, interleave(streams, first, 2))
      const expected = await readAll(inProcess)
      const produced = produce(streams, second)

      const offsets = await consume(readTwice(produced, third))
      t.same(await readAll(createRedisTotals(redis, () => nowMs)), expected, 'through messages')
      for (const messages of produced) {
        const [{ topic, partition }] = messages as [ReadMessage]
        t.equal(offsets.get(`${topic}:${partition}`), BigInt(messages.length))
      }

      await beginEpoch(redis)
      await consume(readTwice(produced, first))
      t.same(await readAll(createRedisTotals(redis, () => nowMs)), expected, 'rebuilt')
    }),
    { numRuns: runs }
  )
})
