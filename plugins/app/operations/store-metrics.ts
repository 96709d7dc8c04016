import fp from 'fastify-plugin'

/** Counts commands to the database and how long they take, to the fraction of a millisecond, which the driver itself does not tell. */
export default fp(
  async app => {
    const {
      metrics: { store },
      mongo: { client }
    } = app
    const sentAtMs = new Map<number, number>()

    function tookMs(requestId: number): number {
      const sent = sentAtMs.get(requestId)
      sentAtMs.delete(requestId)
      return sent === undefined ? 0 : performance.now() - sent
    }

    client.on('commandStarted', ({ requestId }) => {
      sentAtMs.set(requestId, performance.now())
    })
    client.on('commandSucceeded', ({ requestId, commandName }) => store.answered(commandName, tookMs(requestId)))
    client.on('commandFailed', ({ requestId, commandName }) => store.failed(commandName, tookMs(requestId)))
  },
  { name: 'store-metrics', dependencies: ['metrics', 'mongodb'] }
)
