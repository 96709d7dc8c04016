import type { QueueEntry } from '../../../client/index.ts'

/** Returns the requests with a text in the name or the reason, in their order; all of them for an empty text. */
export function matchingRequests(queue: readonly QueueEntry[], search: string): readonly QueueEntry[] {
  const wanted = searchable(search)
  if (wanted === '') return queue
  return queue.filter(({ displayName, reason }) => searchable(`${displayName}\n${reason}`).includes(wanted))
}

/** Letters without case and accents, so that `joao` finds `João`. */
function searchable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
