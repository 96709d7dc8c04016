import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'
import pRetry from 'p-retry'

/** Shows restored at the same time after a start of the server. */
const concurrentRestores = 4
const minRestoreRetryMs = 1_000
const maxRestoreRetryMs = 30_000

/** Restores shows, several at once, each until it succeeds or the signal aborts. Failures are logged. Never rejects. */
export async function restoreAll(
  showIds: Iterable<string>,
  restore: (showId: string) => Promise<unknown>,
  { signal, logger }: { signal: AbortSignal; logger: Pick<FastifyBaseLogger, 'error'> }
): Promise<void> {
  const queue = new PQueue({ concurrency: concurrentRestores })
  for (const showId of showIds) {
    queue.add(async () => {
      await pRetry(async () => await restore(showId), {
        retries: Infinity,
        minTimeout: minRestoreRetryMs,
        maxTimeout: maxRestoreRetryMs,
        signal,
        onFailedAttempt: ({ error }) => logger.error({ err: error, showId }, 'show not restored')
      }).catch(() => {})
    })
  }
  await queue.onIdle()
}
