import type { types } from 'mediasoup'

/**
 * Pipes a producer to a router on another worker; answers the producer that stands for it there. Both directions and all
 * producers between two routers share one pair of transports. The pipe closes with either end.
 */
export async function openPipe(
  producer: types.Producer,
  from: types.Router,
  to: types.Router
): Promise<types.Producer> {
  const { pipeConsumer, pipeProducer } = await from.pipeToRouter({
    producerId: producer.id,
    router: to,
    enableSctp: false
  })
  if (!pipeConsumer || !pipeProducer) throw new Error('mediasoup laid a pipe without ends')
  // mediasoup passes pauses on without waiting for them, and without a hand for the rejection when the worker dies at that
  // moment, which would end this process. We pass them on ourselves (`Voices.setPaused`) and wait.
  pipeConsumer.observer.removeAllListeners('pause')
  pipeConsumer.observer.removeAllListeners('resume')
  return pipeProducer
}
