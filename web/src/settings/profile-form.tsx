import { useState, type FormEvent } from 'react'
import type { Link, User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Field } from '../parts/field.tsx'
import { countGraphemes } from '../parts/graphemes.ts'
import { LinksEditor, linkFault } from './links-editor.tsx'
import styles from './settings.module.css'

/** As the server measures: contract/text.ts. */
const longest = { displayName: 50, bio: 500 }

/** Name, a few words about oneself, and links for support. */
export function ProfileForm({ user }: { user: User }) {
  const [displayName, setDisplayName] = useState(user.displayName)
  const [bio, setBio] = useState(user.bio)
  const [links, setLinks] = useState<readonly Link[]>(user.links)
  const [said, setSaid] = useState<{ good: boolean; text: string } | null>(null)
  const nameLength = countGraphemes(displayName)
  const fits =
    nameLength > 0 &&
    nameLength <= longest.displayName &&
    countGraphemes(bio) <= longest.bio &&
    links.every(link => linkFault(link) === null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!fits) return
    try {
      await ambient.me.patch({ displayName, bio, links: [...links] })
      setSaid({ good: true, text: 'Saved.' })
    } catch (error) {
      setSaid({ good: false, text: error instanceof Error ? error.message : String(error) })
    }
  }

  return (
    <form className={styles.form} onSubmit={submit} onChange={() => setSaid(null)}>
      <Field
        label='Name'
        value={displayName}
        onChange={setDisplayName}
        limit={longest.displayName}
        autoComplete='nickname'
        isRequired
      />
      <Field label='About you' value={bio} onChange={setBio} limit={longest.bio} lines={4} />
      <LinksEditor
        links={links}
        onChange={changed => {
          setLinks(changed)
          setSaid(null)
        }}
      />
      <div className={styles.line}>
        <Action kind='main' type='submit' isDisabled={!fits}>
          Save
        </Action>
        <p
          role={said?.good === false ? 'alert' : 'status'}
          className={said?.good === false ? styles.fault : styles.soft}
        >
          {said?.text}
        </p>
      </div>
    </form>
  )
}
