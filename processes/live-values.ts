/*
 * npm run live-values
 *
 * Folds the event sequence from Kafka into the totals in Redis. Several of them share the partitions of the topics.
 * --rebuild clears the totals first, and folds the topics from their beginning.
 */
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import pino from 'pino'
import { ConfigError, loadSettings } from '../config/config.ts'
import { parseList } from '../config/formats.ts'
import { createRedaction } from '../config/redaction.ts'
import { sequenceStreams, topicOfStream } from '../contract/event-sequence.ts'
import { beginEpoch } from '../plugins/app/event-totals/redis-epoch.ts'
import { readKafkaOptions } from '../plugins/external/kafka/kafka-options.ts'
import { connectRedis } from '../plugins/external/redis/connections.ts'
import { createFoldBatch } from './live-values/batch.ts'
import { startLiveValues } from './live-values/consumer.ts'
import { createHealthServer, listen } from './live-values/health-server.ts'
import { createMeter } from './live-values/meter.ts'

/** Longer than a batch takes. */
const closeDeadlineMs = 10_000

const settingNames = [
  'HOST',
  'LIVE_VALUES_PORT',
  'LOG_LEVEL',
  'REDIS_URL',
  'OTEL_SERVICE_NAME',
  'KAFKA_BROKERS',
  'KAFKA_TOPIC_PREFIX',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_USERNAME',
  'KAFKA_PASSWORD',
  'KAFKA_TLS',
  'KAFKA_TLS_CA'
] as const

/** Reads the command line and the settings. Exits when they are not valid. */
function readStart() {
  try {
    const { values } = parseArgs({ options: { rebuild: { type: 'boolean', default: false } } })
    const config = loadSettings(settingNames, ['REDIS_URL', 'KAFKA_BROKERS'])
    return { isRebuild: values.rebuild, config: { ...config, KAFKA_BROKERS: parseList(config.KAFKA_BROKERS) } }
  } catch (error) {
    const isMistake = error instanceof ConfigError || (error instanceof Error && error.name === 'TypeError')
    if (!isMistake) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

const { isRebuild, config } = readStart()
const redact = createRedaction(config)
const logger = pino(
  { level: config.LOG_LEVEL, hooks: { streamWrite: redact } },
  // Standard output has only the line that the process is ready.
  pino.destination(2)
)

async function start(): Promise<void> {
  const { redis, close: closeRedis } = await openRedis()
  closers.push(closeRedis)
  if (isRebuild) {
    await beginEpoch(redis)
    logger.info('totals cleared, folding the topics from their beginning')
  }
  const prefix = config.KAFKA_TOPIC_PREFIX
  const streamOf = new Map(sequenceStreams.map(stream => [`${prefix}.${topicOfStream[stream]}`, stream]))
  const meter = createMeter(async () => await consumer.readLag())
  const consumer = startLiveValues({
    kafka: await readKafkaOptions(config),
    groupId: `${prefix}.live-values`,
    topics: [...streamOf.keys()],
    redis,
    foldBatch: createFoldBatch({ streamOf, meter, logger, nowMs: Date.now }),
    meter,
    logger,
    nowMs: Date.now
  })
  closers.push(consumer.close)
  const server = createHealthServer({ meter, reasons: consumer.reasons, logger })
  await listen(server, config.LIVE_VALUES_PORT, config.HOST)
  closers.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    process.stdout.write(`live-values is ready at http://${hostOf(address)}:${address.port}\n`)
  }
}

async function openRedis() {
  const connections = await connectRedis({ url: config.REDIS_URL, logger: logger.child({ module: 'redis' }) })
  return { redis: connections.commands, close: async () => connections.close() }
}

function hostOf({ address, family }: AddressInfo): string {
  return family === 'IPv6' ? `[${address}]` : address
}

/** Functions that close the parts, the last one first. */
const closers: (() => Promise<void>)[] = []

closeWithGrace({ delay: closeDeadlineMs, logger: false }, async ({ err, signal }) => {
  if (err) logger.fatal({ err }, 'stopping after an unhandled error')
  else logger.info({ signal }, 'stopping')
  for (const close of closers.toReversed()) await close()
})

try {
  await start()
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`live-values could not start: ${redact(reason)}\n`)
  for (const close of closers.toReversed()) await close()
  process.exit(1)
}
