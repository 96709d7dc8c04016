import type { types } from 'mediasoup'

/**
 * Pipes a producer to a router on another worker; returns the producer that represents it there. Both directions and
 * all producers between two routers share one pair of transports. The pipe closes with either end.
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
  if (!pipeConsumer || !pipeProducer) throw new Error('mediasoup returned a pipe without ends')
  // mediasoup passes pauses on without awaiting them. When the worker dies at that moment, the rejection is unhandled
  // and would end this process. `AudibleProducers.setPaused` passes them on instead, and awaits them.
  pipeConsumer.observer.removeAllListeners('pause')
  pipeConsumer.observer.removeAllListeners('resume')
  return pipeProducer
}
