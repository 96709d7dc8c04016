import { useEffect, useRef, useState, type ChangeEvent } from 'react'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { errorMessage } from '../errors.ts'
import styles from './settings.module.css'

const acceptedTypes = 'image/jpeg,image/png,image/webp'
const maxBytes = 5 * 1024 * 1024

/** Chooses, uploads and removes the user's picture. A chosen picture is shown at once, while it uploads. */
export function AvatarEditor({ user }: { user: User }) {
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
      await ambient.me.setAvatar(file, {
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
  return (
    <div className={styles.avatarEditor}>
      <div className={`${styles.avatar} ${isUploading ? styles.uploading : ''}`}>
        <Avatar id={user.id} name={user.displayName} avatarUrl={preview ?? user.avatarUrl} />
      </div>
      <div className={styles.avatarActions}>
        <div className={styles.row}>
          <input ref={input} type='file' accept={acceptedTypes} hidden onChange={choose} />
          <AsyncButton isDisabled={isUploading} onPress={() => input.current?.click()}>
            {user.avatarUrl ? 'Change picture' : 'Choose a picture'}
          </AsyncButton>
          {user.avatarUrl && !isUploading && (
            <AsyncButton variant='quiet' onPress={async () => await ambient.me.removeAvatar()}>
              Remove picture
            </AsyncButton>
          )}
        </div>
        {isUploading && (
          <progress
            className={styles.progress}
            aria-label='Uploading your picture'
            {...(progress !== null && { value: progress })}
          />
        )}
        <p role='status' className={styles.muted}>
          {isUploading ? 'Uploading your picture…' : 'JPEG, PNG or WebP, up to 5 MB. We remove location data.'}
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
