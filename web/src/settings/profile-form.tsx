import { useState, type FormEvent } from 'react'
import type { Link, User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { textLength } from '../format/text-length.ts'
import { LinksEditor, linkError } from './links-editor.tsx'
import { errorMessage } from '../errors.ts'
import styles from './settings.module.css'

/** Maximum lengths in characters, as in contract/text.ts. */
const maxLength = { displayName: 50, bio: 500 }

/** Edits the name, bio and support links of the user's profile. */
export function ProfileForm({ user }: { user: User }) {
  const [displayName, setDisplayName] = useState(user.displayName)
  const [bio, setBio] = useState(user.bio)
  const [links, setLinks] = useState<readonly Link[]>(user.links)
  const [result, setResult] = useState<{ isError: boolean; text: string } | null>(null)
  const nameLength = textLength(displayName)
  const fits =
    nameLength > 0 &&
    nameLength <= maxLength.displayName &&
    textLength(bio) <= maxLength.bio &&
    links.every(link => linkError(link) === null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!fits) return
    try {
      await ambient.me.patch({ displayName, bio, links: [...links] })
      setResult({ isError: false, text: 'Saved.' })
    } catch (error) {
      setResult({ isError: true, text: errorMessage(error) })
    }
  }

  return (
    <form className={styles.form} onSubmit={submit} onChange={() => setResult(null)}>
      <TextField
        label='Name'
        value={displayName}
        onChange={setDisplayName}
        limit={maxLength.displayName}
        autoComplete='nickname'
        isRequired
      />
      <TextField label='About you' value={bio} onChange={setBio} limit={maxLength.bio} lines={4} />
      <LinksEditor
        links={links}
        onChange={changed => {
          setLinks(changed)
          setResult(null)
        }}
      />
      <div className={styles.row}>
        <AsyncButton variant='primary' type='submit' isDisabled={!fits}>
          Save
        </AsyncButton>
        <p role={result?.isError ? 'alert' : 'status'} className={result?.isError ? styles.error : styles.muted}>
          {result?.text}
        </p>
      </div>
    </form>
  )
}
