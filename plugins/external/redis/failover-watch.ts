import { lookup } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { Redis } from 'ioredis'
import { clientOptions, commandTimeoutMs } from './client-options.ts'
import type { RedisPlace } from './redis-address.ts'
import { reopenSilent } from './silent-peers.ts'

export interface FailoverWatchParts {
  sentinels: readonly RedisPlace[]
  /** The name under which the sentinels watch the primary. */
  primaryName: string
  /** Connections that ask the sentinels for the primary when they connect. */
  connections: readonly Redis[]
  logger: Pick<FastifyBaseLogger, 'info'>
}

/** The primary as a sentinel knows it. */
interface PrimaryAnswer {
  readonly place: RedisPlace
  readonly epoch: number
}

/** Each sentinel publishes here when it takes another server for the primary: name, old and new address. */
const switchChannel = '+switch-master'
/** Pause before a host name that was not found is looked up again. */
const lookupPauseMs = 500

/**
 * Moves connections to the new primary as soon as a sentinel announces it. The old primary may go on taking writes,
 * which are lost, or may hang without closing a connection. Listens to each sentinel: a client asks any of them for the
 * primary, and each learns of a failover at another time.
 */
export function watchFailovers(parts: FailoverWatchParts): { close(): void } {
  const { sentinels, primaryName, connections, logger } = parts
  /** Connections that may have asked a sentinel before the failover. */
  const unsure = new Set<Redis>()
  let addresses: readonly string[] = []
  /** The primary that is followed. */
  let primary: RedisPlace | undefined
  /** The primary that was named last. */
  let wanted: RedisPlace | undefined
  /** The highest epoch of a configuration that a sentinel has named. Each failover has a higher one. */
  let lastEpoch = -1
  let isClosed = false

  /** Follows what a sentinel says when it is asked. One that was away may not know of a failover yet. */
  async function followAnswer({ place, epoch }: PrimaryAnswer): Promise<void> {
    if (epoch < lastEpoch || (epoch === lastEpoch && !isSamePlace(place, wanted))) return
    lastEpoch = epoch
    await follow(place)
  }

  async function follow(place: RedisPlace): Promise<void> {
    wanted = place
    const found = await addressesOf(place.host, () => wanted === place && !isClosed)
    if (!found) return
    const isNew = !isSamePlace(place, primary)
    addresses = found
    primary = place
    if (isNew && !connections.every(isAtPrimary)) logger.info(place, 'redis failover, following the new primary')
    for (const redis of connections) move(redis)
  }

  const isAtPrimary = ({ stream }: Redis) =>
    stream?.remotePort === primary?.port && addresses.includes(stream?.remoteAddress ?? '')

  function move(redis: Redis): void {
    unsure.delete(redis)
    // To disconnect a client that asks a sentinel would end it for good.
    if (redis.status === 'connecting') unsure.add(redis)
    else if ((redis.status === 'connect' || redis.status === 'ready') && !isAtPrimary(redis)) redis.disconnect(true)
  }

  function watch(place: RedisPlace): { close(): void } {
    const sentinel = new Redis({
      ...clientOptions,
      ...place,
      commandTimeout: commandTimeoutMs,
      enableReadyCheck: false
    })
    // It connects again by itself.
    sentinel.on('error', () => {})
    sentinel.on('message', (_channel: string, text: string) => {
      const [name, , , host = '', port] = text.split(' ')
      if (name === primaryName) follow({ host, port: Number(port) })
    })
    sentinel.on('ready', () => subscribe(sentinel))
    const silence = reopenSilent(sentinel)
    sentinel.connect().catch(() => {})
    return {
      close() {
        silence.stop()
        sentinel.disconnect()
      }
    }
  }

  /** Subscribes, and asks for the primary: a message may have been missed. */
  async function subscribe(sentinel: Redis): Promise<void> {
    // The sentinel gets both in one piece: no failover comes between its answer and the subscription.
    const pipeline = sentinel.pipeline().call('SENTINEL', 'MASTER', primaryName)
    const [answer, subscription] = (await pipeline.subscribe(switchChannel).exec()) ?? []
    if (subscription?.[0] && subscription[0].name !== 'ReplyError') {
      if (sentinel.status === 'ready') sentinel.disconnect(true)
      return
    }
    const primaryAnswer = readPrimary(answer?.[1])
    if (primaryAnswer) await followAnswer(primaryAnswer)
  }

  for (const redis of connections) {
    redis.on('connect', () => {
      if (unsure.has(redis)) move(redis)
    })
  }
  const watches = sentinels.map(watch)
  return {
    close() {
      isClosed = true
      for (const { close } of watches) close()
    }
  }
}

/** Reads what a sentinel says of a primary: names of fields, each followed by its value. Null for anything else. */
function readPrimary(answer: unknown): PrimaryAnswer | null {
  const words: unknown[] = Array.isArray(answer) ? answer : []
  const valueOf = (name: string) => words.find((_, index) => index % 2 === 1 && words[index - 1] === name)
  const [host, port, epoch] = [valueOf('ip'), Number(valueOf('port')), Number(valueOf('config-epoch'))]
  return typeof host === 'string' && port > 0 && epoch >= 0 ? { place: { host, port }, epoch } : null
}

const isSamePlace = (place: RedisPlace, other: RedisPlace | undefined) =>
  place.host === other?.host && place.port === other.port

/** Looks a host up until it is found: sentinels may give names. Returns null when it is not wanted any more. */
async function addressesOf(host: string, isWanted: () => boolean): Promise<readonly string[] | null> {
  while (isWanted()) {
    const found = await lookup(host, { all: true }).catch(() => [])
    if (found.length > 0) return isWanted() ? found.map(({ address }) => address) : null
    await sleep(lookupPauseMs, undefined, { ref: false })
  }
  return null
}
