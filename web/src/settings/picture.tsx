import { useEffect, useRef, useState, type ChangeEvent } from 'react'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Portrait } from '../parts/portrait.tsx'
import styles from './settings.module.css'

const kinds = 'image/jpeg,image/png,image/webp'
const mostBytes = 5 * 1024 * 1024

/** The picture people see: choosing shows it at once, and it is theirs when the server has it. */
export function Picture({ user }: { user: User }) {
  const input = useRef<HTMLInputElement>(null)
  const [preview, setPreview] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  /** 0 to 1; null before it is known, and when all is sent and the server works on it. */
  const [sent, setSent] = useState<number | null>(null)
  useEffect(
    () => () => {
      if (preview) URL.revokeObjectURL(preview)
    },
    [preview]
  )

  async function choose({ target }: ChangeEvent<HTMLInputElement>) {
    const [file] = target.files ?? []
    // The same file can be chosen again after a failure.
    target.value = ''
    if (!file) return
    if (file.size > mostBytes) return setFault('The picture is larger than 5 MB. Choose a smaller one.')
    setFault(null)
    setPreview(URL.createObjectURL(file))
    try {
      await ambient.me.setAvatar(file, {
        onProgress: (sentBytes, totalBytes) => setSent(sentBytes < totalBytes ? sentBytes / totalBytes : null)
      })
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    } finally {
      setPreview(null)
      setSent(null)
    }
  }

  const sending = preview !== null
  return (
    <div className={styles.picture}>
      <div className={`${styles.face} ${sending ? styles.sending : ''}`}>
        <Portrait id={user.id} name={user.displayName} avatarUrl={preview ?? user.avatarUrl} />
      </div>
      <div className={styles.pictureActions}>
        <div className={styles.line}>
          <input ref={input} type='file' accept={kinds} hidden onChange={choose} />
          <Action isDisabled={sending} onPress={() => input.current?.click()}>
            {user.avatarUrl ? 'Change picture' : 'Choose a picture'}
          </Action>
          {user.avatarUrl && !sending && (
            <Action kind='quiet' onPress={async () => await ambient.me.removeAvatar()}>
              Remove picture
            </Action>
          )}
        </div>
        {sending && (
          <progress
            className={styles.progress}
            aria-label='Sending the picture'
            {...(sent !== null && { value: sent })}
          />
        )}
        <p role='status' className={styles.soft}>
          {sending ? 'Sending your picture…' : 'JPEG, PNG or WebP, up to 5 MB. Where it was taken is not kept.'}
        </p>
        {fault && (
          <p role='alert' className={styles.fault}>
            {fault}
          </p>
        )}
      </div>
    </div>
  )
}
