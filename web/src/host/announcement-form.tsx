import { useState } from 'react'
import type { ShowRoom } from '../../../client/index.ts'
import { textLength } from '../format/text-length.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Section } from '../ui/section.tsx'
import styles from './announcement-form.module.css'

const maxLength = 500

/** Sends an announcement to everyone in the show. */
export function AnnouncementForm({ room }: { room: ShowRoom }) {
  const [text, setText] = useState('')
  const [isSent, setIsSent] = useState(false)
  const length = textLength(text)

  async function announce() {
    await room.announce(text)
    setText('')
    setIsSent(true)
  }

  return (
    <Section title='Announcement'>
      <div className={styles.form}>
        <TextField
          label='Everyone sees this at the top of the show'
          value={text}
          onChange={changed => {
            setText(changed)
            setIsSent(false)
          }}
          lines={2}
          limit={maxLength}
        />
        <AsyncButton variant='primary' isDisabled={length === 0 || length > maxLength} onPress={announce}>
          Announce
        </AsyncButton>
        {isSent && <p role='status'>Announcement sent.</p>}
      </div>
    </Section>
  )
}
