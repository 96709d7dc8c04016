import { useEffect, useRef, useState, type ChangeEvent, type ReactNode } from 'react'
import type { UploadOptions } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { AsyncButton } from './async-button.tsx'
import styles from './picture-editor.module.css'

const acceptedTypes = 'image/jpeg,image/png,image/webp'
const maxBytes = 5 * 1024 * 1024

interface PictureEditorProps {
  /** The name of the picture in the texts of the buttons. */
  noun: 'picture' | 'cover'
  /** The picture that is set; null without one. */
  url: string | null
  /** Shows the picture, or its place without one. */
  children: (url: string | null) => ReactNode
  /** Told after the kinds of files that are accepted. */
  hint?: string
  upload: (file: File, options: Pick<UploadOptions, 'onProgress'>) => Promise<unknown>
  remove: () => Promise<unknown>
}

/** Chooses, uploads and removes a picture. A chosen picture is shown at once, while it uploads. */
export function PictureEditor({ noun, url, children, hint, upload, remove }: PictureEditorProps) {
  const input = useRef<HTMLInputElement>(null)
  const [preview, setPreview] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  /** Upload progress, 0 to 1; null before it starts, and while the server processes the uploaded file. */
  const [progress, setProgress] = useState<number | null>(null)
  useEffect(
    () => () => {
      if (preview) URL.revokeObjectURL(preview)
    },
    [preview]
  )

  async function choose({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? []
    // Allows choosing the same file again after a failure.
    target.value = ''
    if (!file) return
    if (file.size > maxBytes) return setError('The picture is larger than 5 MB. Choose a smaller one.')
    setError(null)
    setPreview(URL.createObjectURL(file))
    try {
      await upload(file, {
        onProgress: (sentBytes, totalBytes) => setProgress(sentBytes < totalBytes ? sentBytes / totalBytes : null)
      })
    } catch (error) {
      setError(errorMessage(error))
    } finally {
      setPreview(null)
      setProgress(null)
    }
  }

  const isUploading = preview !== null
  const uploading = noun === 'cover' ? 'Uploading the cover' : 'Uploading your picture'
  return (
    <div className={styles.editor}>
      <div className={`${styles.picture} ${isUploading ? styles.uploading : ''}`}>{children(preview ?? url)}</div>
      <div className={styles.actions}>
        <div className={styles.buttons}>
          <input ref={input} type='file' accept={acceptedTypes} hidden onChange={choose} />
          <AsyncButton isDisabled={isUploading} onPress={() => input.current?.click()}>
            {url ? `Change ${noun}` : `Choose a ${noun}`}
          </AsyncButton>
          {url && !isUploading && (
            <AsyncButton variant='quiet' onPress={remove}>
              Remove {noun}
            </AsyncButton>
          )}
        </div>
        {isUploading && (
          <progress
            className={styles.progress}
            aria-label={uploading}
            {...(progress !== null && { value: progress })}
          />
        )}
        <p role='status' className={styles.note}>
          {isUploading
            ? `${uploading}…`
            : ['JPEG, PNG or WebP, up to 5 MB. We remove location data.', hint].filter(Boolean).join(' ')}
        </p>
        {error && (
          <p role='alert' className={styles.error}>
            {error}
          </p>
        )}
      </div>
    </div>
  )
}
