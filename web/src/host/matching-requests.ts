import type { QueueEntry } from '../../../client/index.ts'
import { searchable } from '../format/searchable.ts'

/** Returns the requests with a text in the name or the reason, in their order; all of them for an empty text. */
export function matchingRequests(queue: readonly QueueEntry[], search: string): readonly QueueEntry[] {
  const wanted = searchable(search).trim()
  if (wanted === '') return queue
  return queue.filter(({ displayName, reason }) => searchable(`${displayName}\n${reason}`).includes(wanted))
}
