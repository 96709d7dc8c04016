import type { MetadataField, MetadataProposal, Song } from '../../../client/index.ts'

/** Fields that a repository can propose, in the order in which they are shown. */
export const fieldNames: Readonly<Record<MetadataField, string>> = {
  title: 'Title',
  artist: 'Artist',
  album: 'Album',
  year: 'Year',
  link: 'Link'
}

export const fields: readonly MetadataField[] = ['title', 'artist', 'album', 'year', 'link']

/** Values that a song has, or that are proposed for it. */
export type SongFields = Pick<Song, MetadataField>

/** Returns the value of a field as text; null when there is none. */
export function valueOf(values: SongFields | MetadataProposal, field: MetadataField): string | null {
  const value = values[field]
  return value === null || value === undefined ? null : String(value)
}

/** Returns the fields whose value differs between a song and a proposal for it, or the song after it. */
export function changedFields(song: SongFields, other: SongFields | MetadataProposal): MetadataField[] {
  return fields.filter(field => {
    const value = valueOf(other, field)
    return value !== null && value !== valueOf(song, field)
  })
}

/** Lists fields in a sentence: `Artist and year`, `Title, artist and year`. */
export function listFields(listed: readonly MetadataField[]): string {
  const names = listed.map(field => fieldNames[field].toLowerCase())
  const last = names.pop() ?? ''
  const text = names.length === 0 ? last : `${names.join(', ')} and ${last}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** Says which values an undo saves as typed by the owner: their sources are not restored. null when it only clears. */
export function describeUndo(previous: SongFields, changed: readonly MetadataField[]): string | null {
  const replaced = changed.filter(field => valueOf(previous, field) !== null)
  return replaced.length === 0 ? null : `Undo saves the earlier ${listFields(replaced).toLowerCase()} as typed by you`
}

/** Returns the proposed values in one line; a link by its field's name, since its address is long. */
export function summarizeValues(proposal: MetadataProposal, listed: readonly MetadataField[]): string {
  return listed.map(field => (field === 'link' ? 'link' : valueOf(proposal, field))).join(' · ')
}
