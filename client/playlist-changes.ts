import type { PlaylistItem } from '../contract/playback.ts'
import type { PlaylistEntry } from '../contract/playlist.ts'

/**
 * One thing an editor does to a list. `after`: what it is to follow, and all that came before that, the nearest first: where others
 * took the nearest away, the next says the place. What follows nothing is the beginning.
 */
export type PlaylistChange =
  | { readonly type: 'insert'; readonly items: readonly PlaylistItem[]; readonly after: readonly string[] }
  | { readonly type: 'remove'; readonly ids: readonly string[] }
  | { readonly type: 'move'; readonly ids: readonly string[]; readonly after: readonly string[] }

type Items = readonly PlaylistItem[]

/** A place in a list as changes say it: behind the item of this id; null for the beginning. */
export function behind(items: Items, id: string | null): string[] {
  const at = items.findIndex(item => item.id === id)
  return items
    .slice(0, at + 1)
    .map(item => item.id)
    .reverse()
}

/** The list after a change. Moving or removing what is gone changes nothing. */
export function changed(items: Items, change: PlaylistChange): Items {
  switch (change.type) {
    case 'insert': {
      const news = change.items.filter(({ id }) => !has(items, id))
      return items.toSpliced(placeAfter(items, change.after), 0, ...news)
    }
    case 'remove':
      return items.filter(({ id }) => !change.ids.includes(id))
    case 'move': {
      const rest = items.filter(({ id }) => !change.ids.includes(id))
      const moved = change.ids.flatMap(id => items.find(item => item.id === id) ?? [])
      return rest.toSpliced(placeAfter(rest, change.after), 0, ...moved)
    }
  }
}

/** Whether a change still says something to a list that others changed. What was to go and is gone is as it was meant. */
export function makesSense(items: Items, change: PlaylistChange): boolean {
  return change.type !== 'move' || change.ids.some(id => has(items, id))
}

/** What takes a change of this list back. */
export function inverse(items: Items, change: PlaylistChange): PlaylistChange[] {
  if (change.type === 'insert') return [{ type: 'remove', ids: change.items.map(({ id }) => id) }]
  return items.flatMap((item, at): PlaylistChange[] => {
    if (!change.ids.includes(item.id)) return []
    const after = behind(items, items[at - 1]?.id ?? null)
    return [
      change.type === 'remove' ? { type: 'insert', items: [item], after } : { type: 'move', ids: [item.id], after }
    ]
  })
}

/** The same change about items that got other ids. */
export function renamed(change: PlaylistChange, names: ReadonlyMap<string, string>): PlaylistChange {
  const name = (id: string) => names.get(id) ?? id
  if (change.type === 'remove') return { ...change, ids: change.ids.map(name) }
  const after = change.after.map(name)
  if (change.type === 'move') return { ...change, ids: change.ids.map(name), after }
  return { ...change, items: change.items.map(item => ({ ...item, id: name(item.id) })), after }
}

/** A list as it is sent: items the server knows with their ids, the others without. */
export function entriesOf(items: Items, known: Items): PlaylistEntry[] {
  const ids = new Set(known.map(({ id }) => id))
  return items.map(({ id, kind, songId = '', trackId = '' }) => ({
    ...(ids.has(id) && { id }),
    ...(kind === 'song' ? { kind, songId } : { kind, trackId })
  }))
}

/** Whether a list of the server's is what was sent. */
export function isWhatWasSent(entries: readonly PlaylistEntry[], items: Items): boolean {
  const sameRef = (entry: PlaylistEntry, item: PlaylistItem) =>
    entry.kind === 'song' ? entry.songId === item.songId : entry.trackId === item.trackId
  return (
    entries.length === items.length &&
    entries.every((entry, at) => {
      const item = items[at]
      return item !== undefined && sameRef(entry, item) && (entry.id === undefined || entry.id === item.id)
    })
  )
}

function has(items: Items, id: string): boolean {
  return items.some(item => item.id === id)
}

function placeAfter(items: Items, after: readonly string[]): number {
  const nearest = after.find(id => has(items, id))
  return items.findIndex(({ id }) => id === nearest) + 1
}
