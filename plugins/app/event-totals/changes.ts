import type { SequenceRecord } from '../event-sequence/sequence-record.ts'
import type { Counter } from './totals.ts'

/** Maximum that one record adds to a counter. A store could refuse an absurd number again and again. */
const maxCount = 1_000_000

/**
 * A change of the totals. It depends on earlier records of the same stream only, so the order between the two streams
 * of a show does not matter.
 */
export type Change =
  | { readonly kind: 'count'; readonly counter: Counter; readonly by: number }
  /** An item plays, or none with an empty id. Counts a song when the item is another one than before. */
  | { readonly kind: 'item'; readonly id: string }
  /** Counts a join, unless the person is present or was present before the latest opening of the room. */
  | { readonly kind: 'join'; readonly person: string }
  | { readonly kind: 'leave'; readonly person: string }
  /** Nobody is present until a join says so. */
  | { readonly kind: 'open' }
  | { readonly kind: 'live' }
  /** Final: nothing makes an ended show live again. */
  | { readonly kind: 'end' }

/**
 * Returns the changes that a record makes to the totals, in order. All stores apply the same ones. No change depends on
 * a person of the log, and audience events have pseudonyms everywhere.
 */
export function changesOf({ event }: Pick<SequenceRecord, 'event'>): Change[] {
  switch (event.type) {
    case 'audience:opened':
      return [{ kind: 'open' }]
    case 'listener:joined':
      return [{ kind: 'join', person: event.person }]
    case 'listener:left':
      return [{ kind: 'leave', person: event.person }]
    case 'comments:counted':
      return [count('comments', event.count)]
    case 'reactions:counted':
      return [count('reactions', event.count)]
    // Neither tells whether the show is live: any node may take the home of a show that has ended.
    case 'home:taken':
    case 'record:unreadable':
      return []
    case 'show:started':
      return [{ kind: 'live' }, count('showsStarted')]
    case 'show:ended':
      return [{ kind: 'end' }]
    case 'speak:requested':
      return [{ kind: 'live' }, count('speakRequests')]
    case 'playback:changed':
      return [{ kind: 'live' }, ...itemChanges(event.playback)]
    default:
      // Only live shows have these, so the show is live even if the record of its start is lost.
      return [{ kind: 'live' }]
  }
}

/** A paused item stays the current one: it was counted before, or will be when it plays. */
function itemChanges({ status, item }: { status: string; item: { id: string } | null }): Change[] {
  if (item === null || status === 'stopped') return [{ kind: 'item', id: '' }]
  return status === 'playing' ? [{ kind: 'item', id: item.id }] : []
}

function count(counter: Counter, by = 1): Change {
  return { kind: 'count', counter, by: Math.min(by, maxCount) }
}
