import type { PlaylistItem } from '../contract/playback.ts'
import type { PlaylistEntry } from '../contract/playlist.ts'

/**
 * One change of a playlist. `after` names the position: the item to follow and all items before that one, nearest
 * first. If another editor has removed the nearest, the next one counts. With none of them left, the position is the
 * beginning.
 */
export type PlaylistChange =
  | { readonly type: 'insert'; readonly items: readonly PlaylistItem[]; readonly after: readonly string[] }
  | { readonly type: 'remove'; readonly ids: readonly string[] }
  | { readonly type: 'move'; readonly ids: readonly string[]; readonly after: readonly string[] }

type Items = readonly PlaylistItem[]

/** Returns the position after the item with this id, as changes name it. Null is the beginning. */
export function positionAfter(items: Items, id: string | null): string[] {
  const index = items.findIndex(item => item.id === id)
  return items
    .slice(0, index + 1)
    .map(item => item.id)
    .reverse()
}

/** Returns the list after a change. Moving or removing items that are gone changes nothing. */
export function applyChange(items: Items, change: PlaylistChange): Items {
  switch (change.type) {
    case 'insert': {
      const newItems = change.items.filter(({ id }) => !hasItem(items, id))
      return items.toSpliced(indexAfter(items, change.after), 0, ...newItems)
    }
    case 'remove':
      return items.filter(({ id }) => !change.ids.includes(id))
    case 'move': {
      const rest = items.filter(({ id }) => !change.ids.includes(id))
      const moved = change.ids.flatMap(id => items.find(item => item.id === id) ?? [])
      return rest.toSpliced(indexAfter(rest, change.after), 0, ...moved)
    }
  }
}

/**
 * Whether a change still applies to a list that others have edited. Removing an item that is gone does: the item is
 * gone.
 */
export function isApplicable(items: Items, change: PlaylistChange): boolean {
  return change.type !== 'move' || change.ids.some(id => hasItem(items, id))
}

/** Returns the changes that undo a change of this list. */
export function invertChange(items: Items, change: PlaylistChange): PlaylistChange[] {
  if (change.type === 'insert') return [{ type: 'remove', ids: change.items.map(({ id }) => id) }]
  return items.flatMap((item, index): PlaylistChange[] => {
    if (!change.ids.includes(item.id)) return []
    const after = positionAfter(items, items[index - 1]?.id ?? null)
    return [
      change.type === 'remove' ? { type: 'insert', items: [item], after } : { type: 'move', ids: [item.id], after }
    ]
  })
}

/** Returns the change with other ids for its items. */
export function replaceIds(change: PlaylistChange, newIds: ReadonlyMap<string, string>): PlaylistChange {
  const newId = (id: string) => newIds.get(id) ?? id
  if (change.type === 'remove') return { ...change, ids: change.ids.map(newId) }
  const after = change.after.map(newId)
  if (change.type === 'move') return { ...change, ids: change.ids.map(newId), after }
  return { ...change, items: change.items.map(item => ({ ...item, id: newId(item.id) })), after }
}

/** Returns the list as it is sent: items that the server knows with their ids, new items without. */
export function toEntries(items: Items, knownItems: Items): PlaylistEntry[] {
  const ids = new Set(knownItems.map(({ id }) => id))
  return items.map(({ id, kind, songId = '', trackId = '' }) => ({
    ...(ids.has(id) && { id }),
    ...(kind === 'song' ? { kind, songId } : { kind, trackId })
  }))
}

/** Whether a list of the server equals the entries that were sent. */
export function matchesEntries(entries: readonly PlaylistEntry[], items: Items): boolean {
  const isSameTrack = (entry: PlaylistEntry, item: PlaylistItem) =>
    entry.kind === 'song' ? entry.songId === item.songId : entry.trackId === item.trackId
  return (
    entries.length === items.length &&
    entries.every((entry, index) => {
      const item = items[index]
      return item !== undefined && isSameTrack(entry, item) && (entry.id === undefined || entry.id === item.id)
    })
  )
}

function hasItem(items: Items, id: string): boolean {
  return items.some(item => item.id === id)
}

function indexAfter(items: Items, after: readonly string[]): number {
  const nearest = after.find(id => hasItem(items, id))
  return items.findIndex(({ id }) => id === nearest) + 1
}
