import type { EditingHost, MergedChanges, PlaylistAction, PlaylistItem } from '../../../client/index.ts'

const nameList = new Intl.ListFormat('en', { type: 'conjunction' })
const itemTexts: Readonly<Record<PlaylistAction, string>> = {
  adding: 'is adding this',
  moving: 'is moving this',
  removing: 'is removing this'
}

/** Returns the text of a badge at the item that a host edits. */
export function badgeText({ person, action }: EditingHost): string {
  return `${person.displayName} ${itemTexts[action]}`
}

/** Returns a sentence about what a host edits, which stands on its own. */
export function editingText({ person, action, itemId }: EditingHost, items: readonly PlaylistItem[]): string {
  const title =
    items.find(({ id }) => id === itemId)?.title ?? (action === 'adding' ? 'music' : 'music they just added')
  return `${person.displayName} is ${action} ${title}.`
}

/** Returns who changed the playlist at the same time, and what became of the user's own changes. */
export function mergedText({ by, lost, lostItems }: MergedChanges): string {
  const others = by.length > 0 ? nameList.format(by.map(({ displayName }) => displayName)) : 'Someone else'
  const changed = `${others} changed the playlist at the same time.`
  if (lost === 0) return `${changed} Your changes were added on top of theirs.`
  const titles = nameList.format(lostItems.map(({ title }) => `“${title}”`))
  const [verb, them] = lostItems.length === 1 ? ['was', 'it'] : ['were', 'them']
  return `${changed} ${titles} ${verb} removed while you moved ${them}.`
}
