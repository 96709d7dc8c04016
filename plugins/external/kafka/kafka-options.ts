import { readFile } from 'node:fs/promises'
import type { Broker, SASLMechanismValue } from '@platformatic/kafka'
import type { Config } from '../../../config/config.ts'

const connectTimeoutMs = 3000
/** A request that a broker has not answered by then fails. */
const requestTimeoutMs = 10_000

const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512'
} as const satisfies Record<string, SASLMechanismValue>

type KafkaSettings = Pick<
  Config,
  | 'KAFKA_BROKERS'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_USERNAME'
  | 'KAFKA_PASSWORD'
  | 'KAFKA_TLS'
  | 'KAFKA_TLS_CA'
  | 'OTEL_SERVICE_NAME'
>

/** Options of clients of Kafka. They are plain values, which a thread can be given. */
export interface KafkaOptions {
  clientId: string
  bootstrapBrokers: Broker[]
  retries: number
  connectTimeout: number
  requestTimeout: number
  timeout: number
  tls?: { ca?: string }
  tlsServerName?: boolean
  sasl?: { mechanism: SASLMechanismValue; username: string; password: string }
}

/**
 * Returns the options of clients of Kafka. Their owner repeats what failed.
 * @throws Error for operators when the file KAFKA_TLS_CA cannot be read
 */
export async function readKafkaOptions(settings: KafkaSettings): Promise<KafkaOptions> {
  const { KAFKA_SASL_MECHANISM, KAFKA_USERNAME, KAFKA_PASSWORD } = settings
  return {
    clientId: settings.OTEL_SERVICE_NAME,
    bootstrapBrokers: settings.KAFKA_BROKERS.map(placeOf),
    retries: 0,
    connectTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    timeout: requestTimeoutMs,
    ...(settings.KAFKA_TLS && { tls: await tlsOptions(settings.KAFKA_TLS_CA), tlsServerName: true }),
    ...(KAFKA_SASL_MECHANISM !== undefined &&
      KAFKA_USERNAME !== undefined &&
      KAFKA_PASSWORD !== undefined && {
        sasl: { mechanism: mechanisms[KAFKA_SASL_MECHANISM], username: KAFKA_USERNAME, password: KAFKA_PASSWORD }
      })
  }
}

/** Returns host and port of an address; an IPv6 address is in brackets. */
function placeOf(address: string): Broker {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) }
}

async function tlsOptions(file: string | undefined): Promise<{ ca?: string }> {
  if (file === undefined) return {}
  try {
    return { ca: await readFile(file, 'utf8') }
  } catch (error) {
    throw new Error(`KAFKA_TLS_CA cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
