import { Type, type Static } from 'typebox'
import { Count, Exactly } from './primitives.ts'
import { Tag } from './text.ts'

/** Maximum number of tags of one show. */
export const maxTags = 5
/** Maximum number of tags in `TagsInUse`. */
export const maxTagsInUse = 50

/** Tags of a show as it is created or changed. They replace those of before. */
export const Tags = Type.Array(Tag, {
  maxItems: maxTags,
  description: 'Stored in lower case, without # and commas, each once',
  examples: [['jazz', 'vinyl']]
})
export type Tags = Static<typeof Tags>

/** A tag, and the number of public shows that have it and are live or planned. */
export const TagUse = Exactly({ tag: Type.String(), shows: Count }, { examples: [{ tag: 'jazz', shows: 3 }] })
export type TagUse = Static<typeof TagUse>

/**
 * Answer of `GET /v1/tags`: the tags of public shows that are live or planned, those of the largest number of shows
 * first. Of a large server, the live shows with the most listeners and the next shows count.
 */
export const TagsInUse = Exactly({ items: Type.Array(TagUse, { maxItems: maxTagsInUse }) })
export type TagsInUse = Static<typeof TagsInUse>

/** A `#`, and what shows nothing on its own: spaces, marks, and letters without a shape (see `textError`). */
const beforeTag = /^[#\s\p{Cf}\p{M}\u115f\u1160\u3164\uffa0\u2800]+/u

/**
 * Returns a tag as it is stored: lower case, without `#` at its beginning, and with single spaces in place of commas
 * and spaces. Empty when nothing is left.
 */
export function normalTag(tag: string): string {
  return tag
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s,]+/gu, ' ')
    .replace(beforeTag, '')
    .trim()
    .normalize('NFC')
}
