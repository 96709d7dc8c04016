/*
 * node caller.ts SETTINGS
 *
 * Asks Discogs' stand-in for artists, as a node does: through the repository, with the limit on Redis. Every question
 * is repeated until it is answered. Prints the number of answers.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { RepositoryUnavailable } from '../../../../../plugins/app/metadata/metadata-repository.ts'
import type { CallPace } from '../../../../../plugins/app/metadata/calls/call-slots.ts'
import { connectRedis } from '../../../../../plugins/external/redis/connections.ts'
import { configureRepositories } from '../repositories/configured.ts'

/** Settings of the process, as JSON. */
export interface CallerSettings {
  redisUrl: string
  settings: Record<string, string>
  pace: CallPace
  artistIds: number[]
}

/** Questions that wait at the same time. */
const maxParallel = 8
const retryMs = 50

const { redisUrl, settings, pace, artistIds }: CallerSettings = JSON.parse(process.argv[2] ?? '{}')
const redis = await connectRedis({ url: redisUrl, logger: { warn() {}, info() {} } })
const { repository } = configureRepositories(settings, { redis: redis.commands, paces: { discogs: pace } })

async function ask(id: number): Promise<boolean> {
  for (;;) {
    try {
      return (await repository.artist(String(id), new AbortController().signal)) !== null
    } catch (error) {
      if (!(error instanceof RepositoryUnavailable)) throw error
      await pause(Math.min(error.retryAfterMs ?? retryMs, 1000))
    }
  }
}

let answers = 0
const waiting = [...artistIds]
await Promise.all(
  Array.from({ length: maxParallel }, async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      if (await ask(id)) answers++
    }
  })
)
process.stdout.write(`${answers}\n`)
redis.close()
