import { useState, type FormEvent } from 'react'
import type { MetadataField, Song } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { errorMessage } from '../../errors.ts'
import { textLength } from '../../format/text-length.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import { DialogButtons } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { fieldNames, fields, valueOf } from '../proposed-fields.ts'
import { findTypedError, patchOf, type TypedFields } from './typed-fields.ts'
import styles from './details.module.css'

/** Maximum length of a title, an artist or an album in characters, as in contract/text.ts. */
const maxTextLength = 200

interface DetailsFormProps {
  song: Song
  onSaved: () => Promise<void>
  onCancel: () => void
}

/** Edits the details of a song by hand. Proposals do not replace what was typed here, unless the owner says so. */
export function DetailsForm({ song, onSaved, onCancel }: DetailsFormProps) {
  const [typed, setTyped] = useState<TypedFields>(() => ({
    title: song.title,
    artist: valueOf(song, 'artist') ?? '',
    album: valueOf(song, 'album') ?? '',
    year: valueOf(song, 'year') ?? '',
    link: valueOf(song, 'link') ?? ''
  }))
  const [isSaving, setIsSaving] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const invalid = findTypedError(typed)
  const isTooLong = ([typed.title, typed.artist, typed.album] as const).some(text => textLength(text) > maxTextLength)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (invalid || isTooLong || isSaving) return
    setIsSaving(true)
    setError(null)
    try {
      const patch = patchOf(song, typed)
      if (Object.keys(patch).length > 0) await ambient.songs.patch(song.id, patch)
      await onSaved()
    } catch (error) {
      setError(errorMessage(error))
      setIsSaving(false)
    }
  }

  const isText = (field: MetadataField) => field !== 'year' && field !== 'link'
  return (
    <form className={styles.form} onSubmit={submit}>
      {fields.map((field, index) => (
        <TextField
          key={field}
          label={fieldNames[field]}
          value={typed[field]}
          onChange={value => setTyped(before => ({ ...before, [field]: value }))}
          {...(isText(field) && { limit: maxTextLength })}
          {...(field === 'link' && { type: 'url', placeholder: 'https://' })}
          isRequired={field === 'title'}
          autoFocus={index === 0}
        />
      ))}
      {(error ?? invalid) && (
        <p role='alert' className={styles.errorText}>
          {error ?? invalid}
        </p>
      )}
      <DialogButtons>
        <AsyncButton onPress={onCancel}>Cancel</AsyncButton>
        <AsyncButton variant='primary' type='submit' isDisabled={invalid !== null || isTooLong || isSaving}>
          Save
        </AsyncButton>
      </DialogButtons>
    </form>
  )
}
