import { useState } from 'react'
import { textLength } from '../format/text-length.ts'
import { TextField } from '../ui/text-field.tsx'
import styles from './show-form.module.css'

/** Limits as in contract/tags.ts. */
const maxTags = 5
const maxLength = 30

/** Returns what is wrong with tags, in words for a person; null when they may be saved. */
export function tagsError(tags: readonly string[]): string | null {
  if (tags.length > maxTags) return `A show has up to ${maxTags} tags.`
  return tags.some(tag => textLength(tag) > maxLength) ? `A tag has up to ${maxLength} characters.` : null
}

interface TagsFieldProps {
  tags: readonly string[]
  onChange: (tags: string[]) => void
}

/** The tags of a show in one line, with commas between them. */
export function TagsField({ tags, onChange }: TagsFieldProps) {
  const [text, setText] = useState(tags.join(', '))
  const error = tagsError(tags)
  return (
    <>
      <TextField
        label='Tags'
        value={text}
        onChange={changed => {
          setText(changed)
          onChange(tagsIn(changed))
        }}
        hint='Up to 5, with commas between them, such as jazz, vinyl. People find the show by them.'
      />
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
    </>
  )
}

function tagsIn(text: string): string[] {
  return text
    .split(',')
    .map(tag => tag.replace(/^[#\s]+/, '').trim())
    .filter(tag => tag !== '')
}
