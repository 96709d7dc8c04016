import type { FastifyBaseLogger } from 'fastify'
import { deleteInSlices } from '../../documents/slices.ts'
import { createRounds } from '../rounds.ts'
import { createDeliveryWorker, type DeliveryWorkerParts } from './delivery-worker.ts'
import { createShowWatcher, type ShowWatcherParts } from './show-watcher.ts'

type Owned = 'signal' | 'log'

export interface WebhookRoundsParts extends ShowWatcherParts, Omit<DeliveryWorkerParts, Owned> {
  log: Pick<FastifyBaseLogger, 'error'>
  everyMs?: number
}

const defaultEveryMs = 2000
/** Done messages are kept for this time. */
const keptMs = 7 * 24 * 3_600_000

/** Tells webhooks what happens with shows, again and again while the server runs. */
export function createWebhookRounds({ everyMs = defaultEveryMs, ...parts }: WebhookRoundsParts) {
  const closing = new AbortController()
  const rounds = createRounds({
    name: 'webhooks',
    find: createShowWatcher(parts).find,
    workers: [createDeliveryWorker({ ...parts, signal: closing.signal })],
    ...{ everyMs, log: parts.log, closing }
  })

  return {
    ...rounds,

    /** Removes old messages. */
    removeOld: async (): Promise<void> =>
      await deleteInSlices(parts.deliveries, { createdAt: { $lt: new Date(parts.nowMs() - keptMs) } }),

    /** Removes what is stored about a show. */
    async removeOfShow(showId: string): Promise<void> {
      await parts.plannedTimes.deleteOne({ _id: showId })
      await deleteInSlices(parts.deliveries, { showId })
    }
  }
}
