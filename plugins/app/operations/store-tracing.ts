import fp from 'fastify-plugin'
import type { OpenSpan } from '../../external/tracing/spans.ts'

/** Follows commands to the database that a request or a room sent: which, on what collection, and nothing of what is in them. */
export default fp(
  async app => {
    const {
      tracing,
      mongo: { client }
    } = app
    if (!tracing.isOn) return
    const open = new Map<number, OpenSpan>()

    function end(requestId: number, failure?: string): void {
      open.get(requestId)?.end(failure)
      open.delete(requestId)
    }

    client.on('commandStarted', ({ requestId, commandName, command }) => {
      const collection: unknown = command[commandName]
      const span = tracing.beginPart(`store ${commandName}`, {
        'db.system.name': 'mongodb',
        'db.operation.name': commandName,
        ...(typeof collection === 'string' && { 'db.collection.name': collection })
      })
      if (span) open.set(requestId, span)
    })
    client.on('commandSucceeded', ({ requestId }) => end(requestId))
    client.on('commandFailed', ({ requestId }) => end(requestId, 'FAILED'))
  },
  { name: 'store-tracing', dependencies: ['tracing', 'mongodb'] }
)
