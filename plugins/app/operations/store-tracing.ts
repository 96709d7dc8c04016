import type { MongoClient } from 'mongodb'
import type { DirectReads } from '../../external/mongodb/direct-reads.ts'
import type { OpenSpan, Tracing } from '../../external/tracing/spans.ts'

/** Traces the database commands of requests and rooms: the command and its collection, nothing of the contents. */
export function traceStore(client: MongoClient, directReads: DirectReads | null, tracing: Tracing): void {
  if (!tracing.isOn) return
  const open = new Map<number, OpenSpan>()

  function startSpan(commandName: string, collection: unknown): OpenSpan | null {
    return tracing.startChild(`store ${commandName}`, {
      'db.system.name': 'mongodb',
      'db.operation.name': commandName,
      ...(typeof collection === 'string' && { 'db.collection.name': collection })
    })
  }

  function end(requestId: number, failure?: string): void {
    open.get(requestId)?.end(failure)
    open.delete(requestId)
  }

  client.on('commandStarted', ({ requestId, commandName, command }) => {
    const span = startSpan(commandName, command[commandName])
    if (span) open.set(requestId, span)
  })
  client.on('commandSucceeded', ({ requestId }) => end(requestId))
  client.on('commandFailed', ({ requestId }) => end(requestId, 'FAILED'))
  directReads?.observe(collection => {
    const span = startSpan('find', collection)
    return failure => span?.end(failure)
  })
}
