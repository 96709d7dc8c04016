import { textLength } from '../format/text-length.ts'
import { tagsError } from './tags-field.tsx'

/** Maximum lengths in characters, as in contract/text.ts. */
export const maxTopicLength = { title: 120, description: 2000 }

/** The texts that say what a show is about. */
export interface Topic {
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
}

/** Whether a show has a title, and nothing about it is too long. */
export function topicFits({ title, description, tags }: Topic): boolean {
  const titleLength = textLength(title)
  return (
    titleLength > 0 &&
    titleLength <= maxTopicLength.title &&
    textLength(description) <= maxTopicLength.description &&
    tagsError(tags) === null
  )
}
