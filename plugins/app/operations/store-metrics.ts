import type { MongoClient } from 'mongodb'
import type { Metrics } from '../../external/metrics.ts'
import type { DirectReads } from '../../external/mongodb/direct-reads.ts'

/**
 * Counts database commands and measures them to a fraction of a millisecond; the driver's own durations are whole
 * milliseconds.
 */
export function measureStore(client: MongoClient, directReads: DirectReads | null, metrics: Metrics['store']): void {
  const sentAtMs = new Map<number, number>()

  function takeDurationMs(requestId: number): number {
    const sent = sentAtMs.get(requestId)
    sentAtMs.delete(requestId)
    return sent === undefined ? 0 : performance.now() - sent
  }

  client.on('commandStarted', ({ requestId }) => {
    sentAtMs.set(requestId, performance.now())
  })
  client.on('commandSucceeded', ({ requestId, commandName }) =>
    metrics.answered(commandName, takeDurationMs(requestId))
  )
  client.on('commandFailed', ({ requestId, commandName }) => metrics.failed(commandName, takeDurationMs(requestId)))
  directReads?.observe(() => {
    const sentMs = performance.now()
    return failure => metrics[failure ? 'failed' : 'answered']('find', performance.now() - sentMs)
  })
}
