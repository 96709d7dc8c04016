import type { MetadataField, Song, SongPatch } from '../../../../client/index.ts'
import { isWebAddress } from '../../metadata/sources.ts'
import { valueOf } from '../proposed-fields.ts'

/** The fields of the form, as typed. */
export type TypedFields = Readonly<Record<MetadataField, string>>

/** Bounds of a year, as in contract/songs.ts. */
const years = { min: 1000, max: 2999 }

/** Returns what is wrong with the typed fields; null when they can be saved. */
export function findTypedError({ title, year, link }: TypedFields): string | null {
  if (title.trim() === '') return 'Give the song a title.'
  const number = Number(year)
  if (year.trim() !== '' && !(Number.isInteger(number) && number >= years.min && number <= years.max)) {
    return 'The year has four digits.'
  }
  if (link.trim() !== '' && !isWebAddress(link.trim())) return 'The link must start with https:// or http://'
  return null
}

/** Returns the fields that differ from the song's. An empty one is null. */
export function patchOf(song: Song, typed: TypedFields): SongPatch {
  const text = (field: MetadataField) => typed[field].trim() || null
  const isChanged = (field: MetadataField) => text(field) !== valueOf(song, field)
  const [title, year] = [text('title'), text('year')]
  return {
    ...(isChanged('title') && title !== null && { title }),
    ...(isChanged('artist') && { artist: text('artist') }),
    ...(isChanged('album') && { album: text('album') }),
    ...(isChanged('year') && { year: year === null ? null : Number(year) }),
    ...(isChanged('link') && { link: text('link') })
  }
}
