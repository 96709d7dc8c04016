import type { MongoClient } from 'mongodb'
import type { OpenSpan, Tracing } from '../../external/tracing/spans.ts'

/** Traces the database commands of requests and rooms: the command and its collection, nothing of the contents. */
export function traceStore(client: MongoClient, tracing: Tracing): void {
  if (!tracing.isOn) return
  const open = new Map<number, OpenSpan>()

  function end(requestId: number, failure?: string): void {
    open.get(requestId)?.end(failure)
    open.delete(requestId)
  }

  client.on('commandStarted', ({ requestId, commandName, command }) => {
    const collection: unknown = command[commandName]
    const span = tracing.startChild(`store ${commandName}`, {
      'db.system.name': 'mongodb',
      'db.operation.name': commandName,
      ...(typeof collection === 'string' && { 'db.collection.name': collection })
    })
    if (span) open.set(requestId, span)
  })
  client.on('commandSucceeded', ({ requestId }) => end(requestId))
  client.on('commandFailed', ({ requestId }) => end(requestId, 'FAILED'))
}
